// The part of GPT that the SDK uses, small enough to read: one line item takes the highest
// hb_pb over 0.5, else a house line item of 0.4 takes the slots that are not `side`.
//
// `gptFrames` says where creatives run: on the ad server's host by default; `friendly` in a frame of the page's
// origin, `safe` in a container on a host of its own, `sandboxed` the same in GPT's sandbox, `opaque` in one that
// leaves the frame without an origin.
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const log = (window.gptLog = []);
  const slots = [];
  const listeners = {};
  let initialLoad = true;
  const emit = (name, slot, more) => (listeners[name] || []).forEach((heard) => heard({ slot, serviceName: 'publisher_ads', ...more }));

  const makeSlot = (path, sizes, id) => {
    const keys = {};
    return {
      displayed: false,
      information: null,
      getResponseInformation() {
        return this.information;
      },
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

  const show = (frame, address) => {
    if (!window.gptFrames) return (frame.src = address);
    const loaded = frame.onload;
    frame.onload = null;
    return fetch(address)
      .then((answer) => answer.text())
      .then((markup) => {
        frame.onload = loaded;
        if (window.gptFrames === 'friendly') {
          frame.contentDocument.open();
          frame.contentDocument.write(markup);
          return frame.contentDocument.close();
        }
        const sandbox = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
        if (window.gptFrames === 'opaque') frame.sandbox = sandbox;
        if (window.gptFrames === 'sandboxed') frame.sandbox = sandbox + ' allow-same-origin';
        // A frame takes its name when it is put into the page.
        const place = frame.parentElement;
        frame.remove();
        frame.name = markup;
        // A host that serves nothing else; the real ad server makes one up for each page, too.
        frame.src = `http://x${Math.random().toString(36).slice(2)}.localhost:${new URL(origin).port}/container`;
        return place.appendChild(frame);
      });
  };

  const fill = (slot) => {
    const id = slot.getSlotElementId();
    const place = document.getElementById(id);
    const bid = Number(slot.getTargeting('hb_pb')[0] || 0);
    log.push({ id, keys: Object.fromEntries(slot.getTargetingKeys().map((key) => [key, slot.getTargeting(key)[0]])) });
    emit('slotRequested', slot);
    setTimeout(() => {
      const own = bid <= 0.5;
      slot.information = own && id === 'side' ? null : { lineItemId: own ? 1 : 2 };
      emit('slotResponseReceived', slot);
      if (bid <= 0.5 && id === 'side') return emit('slotRenderEnded', slot, { isEmpty: true, size: null });
      const frame = Object.assign(document.createElement('iframe'), { width: 1, height: 1 });
      frame.style.border = 0;
      const box = document.createElement('div');
      box.appendChild(frame);
      place.replaceChildren(box);
      const adId = slot.getTargeting('hb_adid')[0];
      frame.onload = () => emit('slotOnload', slot);
      const name = own ? 'house' : window.creativeKind || 'creative';
      show(frame, `${origin}/${name}?adid=${adId}&page=${encodeURIComponent(location.href)}`);
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
    destroySlots: (gone) =>
      gone.forEach((slot) => (slots.splice(slots.indexOf(slot), 1), log.push({ destroyed: slot.getSlotElementId() }))),
    defineSlot: (path, sizes, id) => (slots.push(makeSlot(path, sizes, id)), slots[slots.length - 1]),
    display: (id) => initialLoad && fill(slots.find((slot) => slot.getSlotElementId() === id)),
    cmd: { push: (...commands) => commands.forEach((command) => command()) },
  });
  log.push({ ran: performance.now() });
  queued.forEach((command) => command());
})();
