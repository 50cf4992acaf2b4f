// Second half of the measuring script: turns the recorder's notes into the same events as the Earlybid SDK sends, under
// the same definitions, and sends them to log-ingest.
//
//   page_started          navigation start, always 0
//   auction_requested     the auction request was handed to the browser (serial: XMLHttpRequest.send; prebid: beforePBSHttp)
//   bids_returned         its answer was in the page (serial: load of the request; prebid: its first bidResponse,
//                         noBid or bidderDone)
//   targeting_set         the slot's key-values were set
//   ad_server_requested   GPT slotRequested
//   ad_server_responded   GPT slotResponseReceived
//   slot_empty            GPT slotRenderEnded with isEmpty
//   ad_rendered           the creative's own markup is in its frame. A line item of the ad server (house, network)
//                         carries its markup with it, so that is GPT slotOnload. The header bidding line item loads only
//                         the universal creative; its markup is there when that reports adRenderSucceeded, which it
//                         does after writing it. Neither waits for pictures that the creative fetches afterwards.
//   ad_viewable           GPT impressionViewable: half of the ad on screen for one second
(function () {
  'use strict';
  const page = window.pageNotes;
  const { config } = page;
  const AT_ONCE = 20;
  const AT_LATEST = 5000;
  const rendered = new Map();
  const refreshes = new Map();
  const asIs = ['auction_requested', 'bids_returned', 'auction_timed_out', 'targeting_set', 'error_raised'];
  let read = 0;
  let seq = 0;
  let auctionId;
  let waiting = [record('page_started', { at: 0, time: Math.round(performance.timeOrigin), fields: {} })];
  let timer = 0;

  function record(event, note, more) {
    const { slot } = note.fields;
    const fields = {
      event_id: `${page.pageViewId}-${seq}`,
      seq,
      page_view_id: page.pageViewId,
      auction_id: auctionId,
      event,
      elapsed_ms: Math.round(note.at * 10) / 10,
      client_time: note.time,
      site: config.page.site,
      page_type: config.page.type,
      variant: config.page.variant,
      page_path: location.pathname,
      slot,
      refresh_no: slot ? Math.max(0, (refreshes.get(slot) || 1) - 1) : undefined,
      device: window.innerWidth < 768 ? 'mobile' : 'desktop',
      connection: navigator.connection && navigator.connection.effectiveType,
      sdk_version: 'demo-site-1',
      ...more,
    };
    seq += 1;
    return fields;
  }

  function sold(ad) {
    return { bidder: ad.bidder, cpm: ad.cpm, currency: 'USD', creative_size: ad.size, source: ad.source };
  }

  function events(note) {
    const { slot } = note.fields;
    switch (note.what) {
      case 'slotRequested':
        refreshes.set(slot, (refreshes.get(slot) || 0) + 1);
        return [record('ad_server_requested', note)];
      case 'slotResponseReceived':
        return [record('ad_server_responded', note)];
      case 'slotRenderEnded':
        rendered.set(slot, note.fields);
        return note.fields.empty ? [record('slot_empty', note, { reason: 'no_line_item' })] : [];
      case 'slotOnload': {
        const ad = rendered.get(slot);
        return ad && typeof ad.cpm === 'number' ? [record('ad_rendered', note, sold(ad))] : [];
      }
      case 'creative_written': {
        const source = note.fields.bidder === 'house' ? 'house' : 'header_bidding';
        return [record('ad_rendered', note, sold({ ...note.fields, source }))];
      }
      case 'impressionViewable':
        return [record('ad_viewable', note)];
      default:
        if (note.fields.auctionId) auctionId = note.fields.auctionId;
        return asIs.includes(note.what) ? [record(note.what, note, { reason: note.fields.reason })] : [];
    }
  }

  function take() {
    while (read < page.notes.length) {
      waiting.push(...events(page.notes[read]));
      read += 1;
    }
    if (waiting.length >= AT_ONCE) flush();
    else if (waiting.length && !timer) timer = setTimeout(flush, AT_LATEST);
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (waiting.length === 0) return;
    const body = JSON.stringify(waiting);
    waiting = [];
    // text/plain needs no preflight, and keepalive lets the request outlive the page.
    fetch(config.eventsUrl, { method: 'POST', body, keepalive: true, headers: { 'Content-Type': 'text/plain' } })
      .then((answer) => answer.text())
      .catch(() => {});
  }

  page.wake = take;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush();
  });
  window.addEventListener('pagehide', flush);
  take();
})();
