/*
 * The loader: first script in <head>, inline or static, before any stylesheet.
 *
 * Sends the auction request at once, starts everything that the first ad needs beside it, and
 * leaves what it knows in `earlybid._` for sdk.js or, where that cannot run, fallback.js:
 *
 *   config, text   page config, parsed and as written      sent      when the request left
 *   view, auction  ids: 32 hexadecimal digits              started   when this script ran
 *   answer         promise of {body, status, at}           wasm      promise of sdk.wasm's response
 *   go             set by whoever takes over; called when the failsafe time is up
 *   late           the failsafe time was up and nobody had taken over
 *   failed         why fallback.js was loaded              fail      loads fallback.js, once
 *   nonce          of this script, for those that it adds
 *
 * It never throws: whatever fails here costs the page its ads and nothing else.
 */
((win, doc) => {
  const api = (win.earlybid = win.earlybid || {});
  api.cmd = api.cmd || [];
  if (api._) return; // Included twice.
  const now = () => performance.now();
  const state = (api._ = { started: now(), nonce: (doc.currentScript || {}).nonce });
  let config, server, scripts, folder, executed;

  const add = (tag, properties) => {
    const element = Object.assign(doc.createElement(tag), properties);
    if (state.nonce) element.nonce = state.nonce;
    doc.head.appendChild(element);
  };

  // Running the ad server's script while the auction is on would delay the answer on slow machines.
  const execute = () => {
    if (!executed && scripts[0]) {
      executed = 1;
      add('script', { src: scripts[0], async: true });
    }
  };

  const settle = () => {
    if (state.go) return state.go();
    if (state.late) return;
    state.late = 1;
    if (!server) return;
    const service = googletag.pubads();
    const ours = service
      .getSlots()
      .filter((slot) =>
        config.slots.some((s) => s.code == slot.getSlotElementId() || s.adUnitPath == slot.getAdUnitPath())
      );
    if (ours[0]) service.refresh(ours);
  };

  const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => (b + 256).toString(16).slice(1)).join('');

  const ask = (resolve) => {
    const request = new XMLHttpRequest();
    const done = () => {
      resolve({ body: request.responseText, status: request.status, at: now() });
      execute();
    };
    try {
      request.onload = request.onerror = done;
      request.open('POST', config.auctionUrl);
      request.withCredentials = true;
      request.send(
        JSON.stringify({
          id: state.auction,
          imp: config.slots.map((slot) => ({
            id: slot.code,
            banner: { format: slot.sizes.map((size) => ({ w: size[0], h: size[1] })) },
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
  };

  const begin = () => {
    try {
      state.started = now();
      state.view = id();
      state.auction = id();
      state.answer = new Promise(ask);
      scripts.forEach((href) => add('link', { rel: 'preload', as: 'script', href }));
      add('script', {
        src: folder + 'sdk.js',
        type: 'module',
        // Scripts that a script adds come last otherwise.
        fetchPriority: 'high',
        onerror: () => state.fail('sdk_not_loaded'),
      });
      state.wasm = fetch(folder + 'sdk.wasm');
      state.wasm.catch(() => state.fail('wasm_not_loaded'));
      setTimeout(() => (server ? googletag.cmd.push(settle) : settle()), config.failsafe || 1500);
      if (doc.readyState == 'loading') doc.addEventListener('readystatechange', execute);
      else execute();
    } catch (error) {
      state.fail('loader_failed');
      execute();
    }
  };

  try {
    state.text = doc.getElementById('earlybid-config').textContent;
    state.config = config = JSON.parse(state.text);
    server = config.adServer;
    scripts = (server && server.scripts) || [];
    folder = config.sdkUrl.replace(/\/?$/, '/');
    state.fail = (reason) => {
      if (state.failed || state.go) return;
      state.failed = reason;
      add('script', { src: folder + 'fallback.js', async: true });
    };
    if (server) {
      const tag = (win.googletag = win.googletag || {});
      tag.cmd = tag.cmd || [];
      tag.cmd.push(() => googletag.pubads().disableInitialLoad());
    }
    if (doc.prerendering) doc.addEventListener('prerenderingchange', begin, { once: true });
    else begin();
  } catch (error) {
    // Without a config there is nothing to ask for.
  }
})(window, document);
