/*
 * The loader: first script in <head>, inline or static, before any stylesheet.
 *
 * Sends the auction request at once, starts everything that the first ad needs beside it, and
 * leaves what it knows in `earlybid._` for sdk.js or, where that cannot run, fallback.js:
 *
 *   config        page config                            started   when this script ran
 *   view          id: 32 hexadecimal digits              sent      when the request left
 *   asked         auctions: {id, slots: codes, answer: promise of {body, status, at}, stop: gives it up}
 *   wasm          promise of sdk.wasm's response
 *   go            set by whoever takes over; called when the failsafe time is up
 *   late, keyed   the failsafe time was up and nobody had taken over; key-values were set nevertheless
 *   heard         messages since then
 *   failed        why fallback.js was loaded             fail      loads fallback.js, once
 *   Request       class for requests, XMLHttpRequest or one that heeds consent
 *   nonce         of this script, for those that it adds
 *
 * It never throws: whatever fails here costs the page its ads and nothing else.
 */
((win, doc) => {
  const api = (win.earlybid = win.earlybid || {});
  api.cmd = api.cmd || [];
  // Included twice, or a browser that lacks what everything else is built on.
  if (api._ || !win.IntersectionObserver) return;
  const now = () => performance.now();
  const script = doc.currentScript || {};
  const state = (api._ = { nonce: script.nonce || '', asked: [], heard: [], Request: XMLHttpRequest });
  // `due` are the slots of the first auctions.
  let config, due, gpt, scripts, folder, executed;

  const add = (tag, properties) => doc.head.appendChild(Object.assign(doc.createElement(tag), properties, { nonce: state.nonce }));

  // Running the ad server's script while the auction is on would delay the answer on slow machines.
  const execute = () => {
    if (!executed && scripts[0]) {
      executed = 1;
      add('script', { src: scripts[0] });
    }
  };

  const settle = () => {
    if (state.go) return state.go();
    if (state.late) return;
    state.late = 1;
    if (!gpt) return api.adServer && api.adServer.request(due.map((slot) => slot.code));
    addEventListener('message', (event) => state.heard.push(event));
    const found = {};
    state.asked.forEach(({ body, stop }) => {
      if (!config.lateBids) stop();
      try {
        JSON.parse(body).seatbid.forEach((seat) => seat.bid.forEach((bid) => (found[bid.impid] = found[bid.impid] || bid.ext.prebid.targeting)));
      } catch (error) {
        // No answer, or none that can be read.
      }
    });
    const service = googletag.pubads();
    const ours = service.getSlots().filter((known) => {
      const slot = due.find((s) => s.code == known.getSlotElementId() || s.adUnitPath == known.getAdUnitPath());
      for (const key in found[slot && slot.code]) {
        state.keyed = 1;
        known.setTargeting(key.slice(0, 20), found[slot.code][key]);
      }
      return slot;
    });
    if (ours[0]) service.refresh(ours);
  };

  const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => (b + 256).toString(16).slice(1)).join('');

  const sizes = (slot) =>
    (slot.sizeMap || [slot]).reduce((best, step) => (step.minWidth > innerWidth || best.minWidth > step.minWidth ? best : step), {}).sizes || [];

  const ask = (slots) => {
    if (!slots[0]) return;
    const get = config.auctionGetUrl;
    const auction = { id: config.auctionId || (get ? '' : id()), slots: slots.map((slot) => slot.code) };
    state.asked.push(auction);
    auction.answer = new Promise((resolve) => {
      const request = new state.Request();
      const done = () => {
        auction.body = request.responseText;
        resolve({ body: auction.body, status: request.status, at: now() });
        execute();
      };
      try {
        request.onload = request.onerror = done;
        auction.stop = () => request.abort();
        request.open(get ? 'GET' : 'POST', get || config.auctionUrl);
        request.withCredentials = config.credentials !== false;
        request.send(
          // What is sent with GET stays at home.
          get ||
            JSON.stringify({
                id: auction.id,
                imp: slots.map((slot) => ({
                  id: slot.code,
                  banner: { format: sizes(slot).map((size) => ({ w: size[0], h: size[1] })) },
                  secure: location.protocol == 'https:' ? 1 : undefined,
                  ext: {
                    prebid: { storedrequest: slot.storedImp && { id: slot.storedImp }, bidder: slot.bidders },
                  },
                })),
                site: { page: location.href, ref: doc.referrer || undefined, publisher: { id: config.account } },
                tmax: config.tmax || 700,
                ext: {
                  prebid: { targeting: { includewinners: true, includebidderkeys: false } },
                  earlybid: { adid: true, page_view_id: state.view },
                },
              })
        );
        state.sent = now();
      } catch (error) {
        done();
      }
    });
  };

  const begin = () => {
    // With rules of privacy nothing begins before `hold`, of loader-consent.js; it takes the rules out of the config.
    if (config.privacy) return api.hold(begin);
    // First, so that the ad server goes on whatever happens to the rest.
    setTimeout(() => {
      execute();
      if (gpt) googletag.cmd.push(settle);
      else settle();
    }, config.failsafe || 1500);
    try {
      state.started = now();
      state.view = config.pageViewId || id();
      ask(due.filter((slot) => !slot.ownAuction));
      due.forEach((slot) => slot.ownAuction && ask([slot]));
      // A slow line needs the ad server's chain early; on a fast one it must not stand in the way.
      const fetchPriority = (navigator.connection || {}).rtt > 150 ? 'high' : 'auto';
      scripts.forEach((href) => add('link', { rel: 'preload', as: 'script', href, fetchPriority }));
      (config.connectTo || []).forEach((href) => add('link', { rel: 'preconnect', href }));
      add('script', {
        src: folder + 'sdk.js',
        type: 'module',
        // Scripts that a script adds come last otherwise.
        fetchPriority: 'high',
        onerror: () => state.fail('sdk_not_loaded'),
      });
      state.wasm = fetch(folder + 'sdk.wasm');
      state.wasm.catch(() => state.fail('wasm_not_loaded'));
      // At the latest when the page has been read.
      doc.addEventListener('readystatechange', execute);
    } catch (error) {
      execute();
    }
  };

  try {
    state.config = config = JSON.parse((doc.getElementById('earlybid-config') || {}).textContent || script.dataset.config);
    due = (config.slots || []).filter((slot) => !slot.lazy && (!slot.sizeMap || sizes(slot)[0]));
    const server = config.adServer || {};
    gpt = server.type == 'gpt';
    scripts = server.scripts || [];
    folder = config.sdkUrl.replace(/\/?$/, '/');
    state.fail = (reason) => {
      if (!state.failed && !state.go) add('script', { src: folder + 'fallback.js' });
      state.failed = state.failed || reason;
    };
    if (gpt) {
      const tag = (win.googletag = win.googletag || { cmd: [] });
      tag.cmd.push(() =>
        tag.setConfig ? tag.setConfig({ disableInitialLoad: true, singleRequest: true }) : tag.pubads().disableInitialLoad()
      );
    }
    if (doc.prerendering) doc.addEventListener('prerenderingchange', begin, { once: true });
    else begin();
  } catch (error) {
    // Without a config there is nothing to ask for.
  }
})(window, document);
