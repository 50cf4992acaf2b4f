// The part of the ad server's tag that decides when key-values are set and when an ad is asked for.
// It notes the moment of the first hb_pb and shows the winner's creative in a frame of its own.
(() => {
  const notes = (window.benchNotes = window.benchNotes || {});
  const slots = [];
  const listeners = {};
  const note = (name) => {
    notes[name] ??= performance.now();
  };
  // The time of page scripts that are called from here, which the browser counts as this script's.
  const call = (name, called, ...values) => {
    const start = performance.now();
    called(...values);
    performance.measure(`called: ${name}`, { start });
  };
  const makeSlot = (path, sizes, id) => {
    const keys = {};
    const slot = {
      getSlotElementId: () => id,
      getAdUnitPath: () => path,
      getSizes: () => sizes.map(([w, h]) => ({ getWidth: () => w, getHeight: () => h })),
      getTargetingKeys: () => Object.keys(keys),
      getTargeting: (key) => keys[key] || [],
      getTargetingMap: () => keys,
      setTargeting: (key, value) => {
        if (key === 'hb_pb') note('targeting');
        keys[key] = [].concat(value).map(String);
        return slot;
      },
      updateTargetingFromMap: (map) => Object.entries(map).forEach(([key, value]) => slot.setTargeting(key, value)),
      setConfig: ({ targeting = {} }) => slot.updateTargetingFromMap(targeting),
      getConfig: () => ({ targeting: keys }),
      clearTargeting: (key) => {
        delete keys[key];
        return slot;
      },
      addService: () => slot,
    };
    return slot;
  };
  const emit = (name, slot, more) =>
    (listeners[name] || []).forEach((heard) => call(name, heard, { slot, serviceName: 'publisher_ads', ...more }));
  const ask = (slot) => {
    note('requested');
    emit('slotRequested', slot);
    // As with any ad server, the ad comes later: never in the task that asks for it.
    setTimeout(fill, 0, slot);
  };
  const fill = (slot) => {
    const [adId] = slot.getTargeting('hb_adid');
    const place = document.getElementById(slot.getSlotElementId());
    emit('slotResponseReceived', slot);
    if (!adId || !place) return emit('slotRenderEnded', slot, { isEmpty: true, size: null });
    const frame = document.createElement('iframe');
    frame.width = 300;
    frame.height = 250;
    frame.onload = () => emit('slotOnload', slot);
    frame.src = `${window.benchFrame}#${encodeURIComponent(JSON.stringify({ adId, pubUrl: location.href, size: '300x250' }))}`;
    place.append(frame);
    emit('slotRenderEnded', slot, { isEmpty: false, size: [300, 250] });
  };
  const service = {
    getSlots: () => slots.slice(),
    getTargetingKeys: () => [],
    getTargeting: () => [],
    addEventListener: (name, heard) => ((listeners[name] = listeners[name] || []).push(heard), service),
    removeEventListener: () => service,
    isInitialLoadDisabled: () => true,
    disableInitialLoad: () => {},
    enableSingleRequest: () => {},
    refresh: (chosen) => (chosen || slots).forEach(ask),
  };
  const tag = (window.googletag = window.googletag || { cmd: [] });
  const queued = tag.cmd;
  Object.assign(tag, {
    apiReady: true,
    pubads: () => service,
    enableServices: () => {},
    display: () => {},
    getConfig: () => ({}),
    setConfig: () => {},
    defineSlot: (path, sizes, id) => (slots.push(makeSlot(path, sizes, id)), slots[slots.length - 1]),
    cmd: { push: (...commands) => commands.forEach((command) => command()) },
  });
  queued.forEach((command) => call('command', command));
})();
