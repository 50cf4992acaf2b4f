/*
 * The loader: first script in <head>, inline or static, before any stylesheet.
 *
 * Sends the auction request at once, starts everything that the first ad needs at the same time, and
 * leaves what it knows in `earlybid._` for sdk.js or, where that cannot run, fallback.js:
 *
 *   config        page config                            started   when this script ran
 *   view          id: 32 hexadecimal digits              read      when the config was there and auctions could begin
 *   sent          when the request left
 *   asked         auctions: {id, slots: codes, answer: promise of {body, status, at}, stop: gives it up}
 *   go            set by whoever takes over; called when the failsafe time is up
 *   gone          slots for which the ad server was asked before anybody had taken over, with the key-values
 *                 that were there: code to time
 *   reports       what the ad server says, kept by sdk.js or fallback.js until somebody takes over
 *   follows       one of them has begun to listen
 *   advance       checks again whether the ad server can go on
 *   late          when the failsafe time was up, if nobody had taken over by then
 *   heard         messages of frames, kept until somebody takes over
 *   failed        why fallback.js was loaded             fail      loads fallback.js, once
 *   Request       class for requests: XMLHttpRequest, or one that heeds consent
 *   allowed       with privacy rules: tells whether the device may be used
 *   nonce         of this script, for those that it adds
 *
 * `let` throughout instead of `const`, since using one keyword costs fewer bytes. The loader never throws: whatever fails
 * here costs the page its ads and nothing else.
 */
((doc) => {
  let api = (window.earlybid ||= {});
  api.cmd ||= [];
  // The loader is in the page twice.
  if (api._) return;
  let now = () => performance.now();
  let script = doc.currentScript || {};
  let state = { started: now(), nonce: script.nonce, Request: XMLHttpRequest, asked: [], heard: [], gone: {} };
  let found = {};
  let scripts = [];
  // `due` are the slots of the first auctions.
  let config, due, gpt, folder;

  let add = (tag, properties) => {
    let { src } = properties;
    try {
      // Pages that demand Trusted Types take a script's address only from a policy.
      properties.src = src && trustedTypes.createPolicy('earlybid', { createScriptURL: () => src }).createScriptURL(tag);
    } catch {
      // No policy is needed, or ours is not allowed.
    }
    try {
      doc.head.append(Object.assign(doc.createElement(tag), { nonce: state.nonce }, properties));
    } catch {
      // The page goes on without it.
    }
  };

  // The ad server goes on with the slots whose answer is there, or with all if the time is `over`. Key-values do not
  // wait for the SDK, and the ad server waits only for the script that listens to it. Slots that are not in
  // the page yet are left to whoever takes over.
  let advance = (state.advance = (over) => {
    let settle = () => {
      if (state.go) return over && state.go();
      if (over) state.late = now();
      if (!gpt) return over && api.adServer?.request(due.map((slot) => slot.code));
      // Without an ad server a late bid is better than none.
      if (over && !config.lateBids) state.asked.forEach((auction) => auction.stop());
      let ready = googletag
        .pubads()
        .getSlots()
        .filter((known) => {
          let element = known.getSlotElementId();
          let code = due.find((slot) => slot.code == element || slot.adUnitPath == known.getAdUnitPath())?.code;
          let keys = !state.gone[code] && code && (found[code] || over);
          for (let key in keys) known.setTargeting(key, keys[key]);
          return keys && (over || (state.reports && doc.getElementById(element))) && (state.gone[code] = now());
        });
      if (ready[0]) googletag.pubads().refresh(ready);
    };
    // Running the ad server's script while the auction is on would delay the answer on slow machines.
    if (scripts[0]) add('script', { src: scripts[0] });
    scripts = [];
    gpt ? googletag.cmd.push(settle) : settle();
  });

  let id = () => crypto.getRandomValues(new Uint8Array(32)).reduce((text, byte) => text + (byte % 16).toString(16), '');

  let sizes = (slot) =>
    // The width is read only if it is needed, since that makes the browser lay out what is there of the page.
    (slot.sizeMap?.reduce((best, step) => (step.minWidth > innerWidth || best.minWidth > step.minWidth ? best : step), {}) || slot).sizes ||
    [];

  let ask = (slots) => {
    let get = config.auctionGetUrl;
    let auction = { id: config.auctionId || (get ? '' : id()), slots: slots.map((slot) => slot.code) };
    state.asked.push(auction);
    auction.answer = new Promise((resolve) => {
      let request = new state.Request();
      let done = () => {
        let body = request.responseText;
        resolve({ body, at: now(), status: request.status });
        try {
          JSON.parse(body).seatbid.forEach((seat) => seat.bid.forEach((bid) => (found[bid.impid] ||= bid.ext.prebid.targeting)));
        } catch {
          // There is no answer, or none that can be read: whoever takes over reports that.
        }
        auction.slots.forEach((code) => (found[code] ||= {}));
        advance();
      };
      try {
        request.onload = request.onerror = done;
        auction.stop = () => request.abort();
        request.open(get ? 'GET' : 'POST', get || config.auctionUrl);
        request.withCredentials = config.credentials !== false;
        request.send(
          // With GET, the browser sends no body, whatever is given here.
          get ||
            JSON.stringify({
              id: auction.id,
              imp: slots.map((slot) => ({
                id: slot.code,
                banner: { format: sizes(slot).map((size) => ({ w: size[0], h: size[1] })) },
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
            }),
        );
        state.sent = now();
      } catch {
        done();
      }
    });
  };

  let begin = () => {
    // With privacy rules, `hold` of loader-consent.js decides when to begin; it takes the rules out of the config.
    if (config.privacy) return api.hold(begin);
    // First, so that the ad server goes on whatever happens to the rest.
    setTimeout(advance, config.failsafe || 1500, 1);
    // Everything but the request runs in a task of its own, so that neither occupies the page for long.
    setTimeout(() => {
      // The ad server's script runs at the latest when the page has been parsed.
      doc.addEventListener('readystatechange', () => advance());
      // A slow connection needs the ad server's chain early; on a fast one the chain must not get in the way.
      scripts.forEach((href) =>
        add('link', { rel: 'preload', href, as: 'script', fetchPriority: navigator.connection?.rtt > 150 && 'high' }),
      );
      add('script', {
        src: folder + 'sdk.js',
        type: 'module',
        // Otherwise scripts that a script adds come last.
        fetchPriority: 'high',
        onerror: () => state.fail('sdk_not_loaded'),
      });
      // With scripts of an ad server there is no hurry: sdk.js fetches the module when the first of them is there.
      if (!scripts[0]) add('link', { rel: 'preload', href: folder + 'sdk.wasm', as: 'fetch', crossOrigin: '' });
    });
    state.read = now();
    addEventListener('message', (event) => state.heard.push(event));
    state.view = config.pageViewId || id();
    let shared = due.filter((slot) => !slot.ownAuction);
    if (shared[0]) ask(shared);
    due.forEach((slot) => slot.ownAuction && ask([slot]));
  };

  try {
    // A browser that lacks what everything else is built on is left alone.
    api._ = IntersectionObserver && state;
    state.config = config = JSON.parse(doc.getElementById('earlybid-config')?.textContent || script.dataset.config);
    due = (config.slots || []).filter((slot) => !slot.lazy && (!slot.sizeMap || sizes(slot)[0]));
    scripts = config.adServer?.scripts || scripts;
    gpt = config.adServer?.type == 'gpt';
    folder = config.sdkUrl.replace(/\/?$/, '/');
    state.fail = (reason) => {
      if (!(state.failed || state.go)) add('script', { src: folder + 'fallback.js' });
      state.failed ||= reason;
    };
    if (gpt) {
      (window.googletag ||= { cmd: [] }).cmd.push(() =>
        googletag.setConfig
          ? googletag.setConfig({ disableInitialLoad: true, singleRequest: true })
          : googletag.pubads().disableInitialLoad(),
      );
    }
    if (doc.prerendering) doc.addEventListener('prerenderingchange', begin);
    else begin();
  } catch {
    // Without a usable config there is nothing to ask for.
  }
})(document);
