// The part of GPT that the SDK uses, small enough to read: one line item takes the highest
// hb_pb over 0.5, else a house line item of 0.4 takes the slots that are not `side`.
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const log = (window.gptLog = []);
  const slots = [];
  const listeners = {};
  let initialLoad = true;
  const emit = (name, slot, more) =>
    (listeners[name] || []).forEach((heard) => heard({ slot, serviceName: 'publisher_ads', ...more }));

  const makeSlot = (path, sizes, id) => {
    const keys = {};
    return {
      displayed: false,
      addService: () => {},
      ...(window.gptWithConfig && {
        getConfig: () => ({ targeting: { ...keys } }),
        setConfig: ({ targeting }) =>
          Object.entries(targeting).forEach(([key, value]) => (value === null ? delete keys[key] : (keys[key] = [].concat(value)))),
      }),
      getSlotElementId: () => id,
      getAdUnitPath: () => path,
      getTargetingKeys: () => Object.keys(keys),
      getTargeting: (key) => keys[key] || [],
      setTargeting: (key, value) => (keys[key] = [].concat(value).map(String)),
      clearTargeting: (key) => delete keys[key],
    };
  };

  const fill = (slot) => {
    const id = slot.getSlotElementId();
    const place = document.getElementById(id);
    const bid = Number(slot.getTargeting('hb_pb')[0] || 0);
    log.push({ id, keys: Object.fromEntries(slot.getTargetingKeys().map((key) => [key, slot.getTargeting(key)[0]])) });
    emit('slotRequested', slot);
    setTimeout(() => {
      emit('slotResponseReceived', slot);
      if (bid <= 0.5 && id === 'side') return emit('slotRenderEnded', slot, { isEmpty: true, size: null });
      place.innerHTML = '<div><iframe width="1" height="1" style="border:0"></iframe></div>';
      const frame = place.querySelector('iframe');
      const adId = slot.getTargeting('hb_adid')[0];
      const own = bid <= 0.5;
      frame.onload = () => emit('slotOnload', slot);
      frame.src = own ? origin + '/house' : `${origin}/${window.creativeKind || 'creative'}?adid=${adId}&page=${encodeURIComponent(location.href)}`;
      emit('slotRenderEnded', slot, { isEmpty: false, size: [300, 250], ...(own ? { yieldCpm: 0.4 } : {}) });
    });
  };

  const service = {
    getSlots: () => slots.slice(),
    addEventListener: (name, heard) => ((listeners[name] = listeners[name] || []).push(heard), service),
    disableInitialLoad: () => (initialLoad = false),
    refresh: (chosen) => {
      log.push({ refresh: (chosen || slots).map((slot) => slot.getSlotElementId()) });
      (chosen || slots).forEach(fill);
    },
  };
  const queued = window.googletag.cmd;
  Object.assign(window.googletag, {
    apiReady: true,
    pubads: () => service,
    enableServices: () => {},
    destroySlots: (gone) => gone.forEach((slot) => (slots.splice(slots.indexOf(slot), 1), log.push({ destroyed: slot.getSlotElementId() }))),
    defineSlot: (path, sizes, id) => (slots.push(makeSlot(path, sizes, id)), slots[slots.length - 1]),
    display: (id) => initialLoad && fill(slots.find((slot) => slot.getSlotElementId() === id)),
    cmd: { push: (...commands) => commands.forEach((command) => command()) },
  });
  log.push({ ran: performance.now() });
  queued.forEach((command) => command());
})();
