/*
 * What the SDK does for a page, as a plain script, for pages where it cannot run: WebAssembly is
 * blocked by the page's policy, or sdk.js or sdk.wasm did not arrive or has the wrong type.
 *
 * Sets the key-values, sends the ad server off once, answers creatives, or renders the winner
 * itself; reports the steps up to the rendered ad. No viewability, and no retries.
 */
import { renderer, replier } from './protocol.js';
import { setDocument } from './trust.js';

const state = (window.earlybid || {})._;

const begin = (late) => {
  if (state.go) return;
  const config = state.config;
  const slots = config.slots;
  const gpt = config.adServer && config.adServer.type == 'gpt';
  const since = ((performance.getEntriesByType('navigation') || [])[0] || {}).activationStart || 0;
  const page = config.page || {};
  const share = config.eventsShare === undefined ? 1 : config.eventsShare;
  const rounds = {};
  // Slots that the loader asked for; lazy ones are not among them, since only the SDK can watch for them.
  const codes = [].concat(...state.asked.map((asked) => asked.slots));
  const bids = {};
  // The slots of bids that are used up, by the bid's name.
  const spent = {};
  const auction = state.asked[0].id;
  let waiting = [];
  let sequence = 0;
  let timer;

  const elapsed = (time) => Math.max(0, +((time === undefined ? performance.now() : time) - since).toFixed(3));

  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    const batch = waiting;
    waiting = [];
    if (!batch[0] || !config.eventsUrl || parseInt(state.view.slice(0, 4), 16) >= share * 65536) return;
    const sent_at = Date.now();
    const body = JSON.stringify(batch.map((event) => Object.assign({ sent_at }, event)));
    try {
      const credentials = state.allowed && !state.allowed() ? 'omit' : 'same-origin';
      fetch(config.eventsUrl, { method: 'POST', body, keepalive: true, credentials }).catch(() => {});
    } catch {
      navigator.sendBeacon(config.eventsUrl, body);
    }
  };

  const tell = (event, fields, time) => {
    const at = elapsed(time);
    const seq = sequence++;
    waiting.push(
      Object.assign(
        {
          event_id: state.view + '-' + seq,
          seq,
          event,
          elapsed_ms: at,
          client_time: Math.round(performance.timeOrigin + since + at),
          page_view_id: state.view,
          auction_id: auction,
          site: page.site,
          page_type: page.type,
          variant: page.variant,
          page_path: location.pathname,
          device: matchMedia('(max-width: 767px)').matches ? 'mobile' : 'desktop',
          connection: (navigator.connection || {}).effectiveType,
          sdk_version: 'fallback',
          sample_rate: share,
          viewport_width: innerWidth,
          viewport_height: innerHeight,
          schema_version: 1,
        },
        fields,
      ),
    );
    if (waiting.length > 19) flush();
    else timer = timer || setTimeout(flush, 5000);
  };

  // A creative can cause as many errors as it likes; ten for each ad say enough.
  const errors = {};
  const tellSlot = (event, code, fields, at) => {
    const ad = `${code}-${rounds[code] || 0}`;
    if (event == 'error_raised' && (errors[ad] = (errors[ad] || 0) + 1) > 10) return;
    tell(event, Object.assign({ slot: code, refresh_no: rounds[code] || 0 }, fields), at);
  };

  const rendered = (bid) => {
    if (bid.reported) return;
    bid.reported = 1;
    tellSlot('ad_rendered', bid.impid, {
      bidder: bid.bidder,
      cpm: bid.price,
      currency: bid.currency,
      creative_size: bid.w + 'x' + bid.h,
      source: bid.bidder == 'house' ? 'house' : 'header_bidding',
    });
  };

  const notify = (bid) => {
    const prebid = (bid.ext || {}).prebid || {};
    if (bid.shown) return;
    bid.shown = 1;
    [bid.adm && bid.nurl, bid.burl, (prebid.events || {}).win].forEach((url) => {
      if (url) new Image().src = url;
    });
  };

  const markup = (bid) => (bid.adm || '').split('${AUCTION_PRICE}').join(bid.price);

  const read = (body) => {
    const found = {};
    const answer = JSON.parse(body);
    (answer.seatbid || []).forEach((seat) =>
      (seat.bid || []).forEach((bid) => {
        const prebid = (bid.ext || {}).prebid || {};
        if (!prebid.targeting || found[bid.impid]) return;
        const keys = Object.assign({}, prebid.targeting);
        keys.hb_adid = keys.hb_adid || prebid.bidid || bid.id;
        found[bid.impid] = Object.assign(bid, { keys, bidder: seat.seat, currency: answer.cur || 'USD' });
      }),
    );
    return found;
  };

  // GPT knows slots by their element, or by the path of their ad unit.
  const slotOf = (known) =>
    slots.find((slot) => slot.code == known.getSlotElementId()) || slots.find((slot) => slot.adUnitPath == known.getAdUnitPath());

  const toAdServer = (codes) =>
    googletag.cmd.push(() => {
      const service = googletag.pubads();
      const ours = service.getSlots().filter((known) => {
        const slot = slotOf(known);
        if (!slot || !codes.includes(slot.code) || (gone(slot.code) && !rounds[slot.code])) return false;
        clearKeys(known);
        const bid = bids[slot.code];
        if (bid) {
          Object.keys(bid.keys).forEach((key) => known.setTargeting(key.slice(0, 20), bid.keys[key]));
          tellSlot('targeting_set', slot.code);
        }
        return true;
      });
      if (ours[0]) service.refresh(ours);
    });

  const direct = (code) => {
    const place = document.getElementById(code);
    const bid = bids[code];
    if (!place || !bid || !bid.adm) return tellSlot('slot_empty', code, { reason: place ? 'no_bid' : 'slot_not_found' });
    const frame = document.createElement('iframe');
    frame.setAttribute(
      'sandbox',
      'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation',
    );
    frame.title = 'Advertisement';
    frame.scrolling = 'no';
    frame.width = bid.w;
    frame.height = bid.h;
    frame.style.cssText = 'border:0;display:block;max-width:100%;margin:0 auto';
    frame.onload = () => rendered(bid);
    setDocument(frame, '<!doctype html><style>body{margin:0;overflow:hidden}</style>' + markup(bid));
    place.replaceChildren(frame);
    notify(bid);
  };

  // Later than the SDK would: only when all slots are in the page.
  const render = (codes) => {
    const show = () => (gpt ? toAdServer(codes) : codes.forEach(direct));
    if (document.readyState == 'loading') document.addEventListener('DOMContentLoaded', show);
    else show();
  };

  // The loader's auctions; `open` until all are answered or, with GPT, the failsafe is up, whichever comes first.
  let open = !(late && gpt);
  const gone = (code) => gpt && code in state.gone;
  const take = (answer, auction_id) => {
    try {
      if (answer.status != 200 && answer.status != 204) throw answer.status ? 'bid_server_status' : 'bid_server_unreachable';
      const found = answer.status == 204 ? {} : read(answer.body);
      // The loader has set the key-values of bids that were there in time.
      const kept = Object.keys(found).filter((code) => (gone(code) ? answer.at <= state.gone[code] : open));
      tell('bids_returned', Object.assign({ auction_id }, open || kept[0] ? {} : { reason: 'late' }), answer.at);
      kept.forEach((code) => {
        bids[code] = found[code];
        if (gone(code)) tellSlot('targeting_set', code, {}, state.gone[code]);
      });
    } catch (error) {
      tell('error_raised', { auction_id, reason: typeof error == 'string' ? error : 'answer_malformed' }, answer.at);
    }
    missing -= 1;
    if (open && !missing) {
      open = false;
      render(codes);
    }
  };

  state.go = () => {
    if (!open) return;
    tell('auction_timed_out', { reason: 'failsafe' });
    if (!gpt) return;
    if (!config.lateBids) state.asked.forEach((asked) => asked.stop());
    open = false;
    render(codes);
  };

  const fills = {};
  const reported = ({ report, element, path, empty, size, cpm, network, bidder, at }) => {
    const { code } = slots.find((slot) => slot.code == element) || slots.find((slot) => slot.adUnitPath == path) || {};
    if (!code) return;
    if (report == 'slotRequested') {
      // The page has asked again by itself: this is another ad, for which the bid that was shown cannot be used.
      if (bids[code] && bids[code].shown) {
        rounds[code] = (rounds[code] || 0) + 1;
        spent[bids[code].keys.hb_adid] = code;
        delete bids[code];
      }
      tellSlot('ad_server_requested', code, {}, at);
    }
    if (report == 'slotResponseReceived') tellSlot('ad_server_responded', code, {}, at);
    if (report == 'slotRenderEnded') {
      fills[code] = { size, cpm, network, bidder };
      if (empty) tellSlot('slot_empty', code, { reason: 'ad_server_empty' }, at);
    }
    if (report == 'slotOnload') {
      const fill = fills[code] || {};
      const bid = bids[code];
      const own = () => {
        if (bid && bid.shown) return;
        tellSlot(
          'ad_rendered',
          code,
          {
            bidder: fill.bidder,
            cpm: fill.cpm,
            creative_size: Array.isArray(fill.size) ? fill.size.join('x') : undefined,
            source: fill.network ? 'network' : 'house',
          },
          at,
        );
      };
      // A creative of ours asks for its markup while it loads.
      if (bid && fill.cpm === undefined) setTimeout(own, 1000);
      else own();
    }
  };

  // If sdk.js was there, it listens already; otherwise we do.
  const follow = () => {
    ['slotRequested', 'slotResponseReceived', 'slotRenderEnded', 'slotOnload'].forEach((report) =>
      googletag.pubads().addEventListener(report, (event) =>
        state.reports.push({
          report,
          at: performance.now(),
          element: event.slot.getSlotElementId(),
          path: event.slot.getAdUnitPath(),
          empty: event.isEmpty,
          size: event.size,
          cpm: event.yieldCpm,
          network: event.isBackfill || event.yieldSource == 'network',
          bidder: event.yieldBidder,
        }),
      ),
    );
  };

  const known = (code) =>
    googletag
      .pubads()
      .getSlots()
      .find((slot) => (slotOf(slot) || {}).code == code);
  const clearKeys = (slot) => slot.getTargetingKeys().forEach((key) => key.startsWith('hb_') && slot.clearTargeting(key));

  const resize = (bid) => {
    const slot = known(bid.impid);
    const place = slot && document.getElementById(slot.getSlotElementId());
    const frame = place && place.querySelector('iframe:not([style*="display: none"]):not([style*="hidden"])');
    if (!frame || !bid.w || !bid.h) return;
    frame.width = bid.w;
    frame.height = bid.h;
    [frame, frame.parentElement].forEach((element) => {
      element.style.width = bid.w + 'px';
      element.style.height = bid.h + 'px';
    });
  };

  const heard = (event) => {
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return;
    }
    const adId = message && message.adId;
    const bid = adId && slots.map((slot) => bids[slot.code]).find((known) => known && known.keys.hb_adid == adId);
    const isRequest = message && message.message == 'Prebid Request';
    // A frame that has been removed in the meantime must not use up a bid.
    if (isRequest && event.source && event.source.closed) return;
    if (isRequest && (bid ? bid.shown : spent[adId]))
      return tellSlot('error_raised', bid ? bid.impid : spent[adId], { reason: 'bid_used' });
    if (!bid) return;
    if (isRequest) {
      const answer = {
        message: 'Prebid Response',
        adId,
        ad: markup(bid),
        adUrl: bid.adm ? undefined : bid.nurl,
        width: bid.w,
        height: bid.h,
      };
      const own = message.adServerDomain ? {} : { renderer, rendererVersion: 3 };
      replier(event)(JSON.stringify(Object.assign(answer, { instl: false, mediaType: 'banner' }, own)));
      resize(bid);
      notify(bid);
      // From now on the ad server is asked without it.
      if (gpt) clearKeys(known(bid.impid));
    } else if (message.message == 'Prebid Event' && bid.shown) {
      if (message.event == 'adRenderSucceeded') rendered(bid);
      else if (message.event == 'adRenderFailed') tellSlot('error_raised', bid.impid, { reason: (message.info || {}).reason });
    }
  };
  const refresh = (named) => {
    const wanted = slots.filter((slot) => !named || [].concat(named).includes(slot.code));
    // There is no new auction: the ad server is asked again, without the old key-values.
    wanted.forEach((slot) => {
      rounds[slot.code] = (rounds[slot.code] || 0) + 1;
      delete bids[slot.code];
    });
    if (gpt) toAdServer(wanted.map((slot) => slot.code));
  };

  tell('page_started', {}, since);
  tell('loader_started', {}, state.started);
  if (state.sent) tell('auction_requested', {}, state.sent);
  tell('error_raised', { reason: state.failed });
  if (!open) tell('auction_timed_out', { reason: 'sdk_late' });
  if (gpt && !state.follows) {
    state.follows = 1;
    googletag.cmd.push(() => {
      state.reports = state.reports || [];
      follow();
    });
  }
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', () => document.visibilityState == 'hidden' && flush());
  let missing = state.asked.length;
  state.asked.forEach((asked) => asked.answer.then((answer) => take(answer, asked.id)));

  const run = (call) => {
    try {
      call();
    } catch {
      tell('error_raised', { reason: 'page_call_failed' });
    }
  };
  // What the ad server and creatives have said since the loader went on alone, in the order in which it came: a creative that was
  // heard before the report of its own request would be taken for the previous ad. Answers that are there already come first.
  setTimeout(() => {
    const reports = (state.reports || []).map((report) => [report.at, reported, report]);
    const messages = state.heard.map((event) => [event.timeStamp, heard, event]);
    state.reports = { push: reported };
    state.heard = { push: heard };
    reports
      .concat(messages)
      .sort(([one], [other]) => one - other)
      .forEach(([, take, what]) => take(what));
  });
  const queued = earlybid.cmd;
  Object.assign(earlybid, { version: 'fallback', pageViewId: state.view, refresh, flush });
  earlybid.cmd = { push: (...calls) => calls.forEach(run) };
  queued.forEach(run);
};

// Whether the loader had to let the ad server go on while an answer was missing.
const isLate = (answers) => answers.some((answer) => !answer || answer.at > state.late);

if (state && state.asked && state.asked[0])
  Promise.all(state.asked.map(({ answer }) => Promise.race([answer, 0]))).then((answers) => begin(state.late && isLate(answers)));
