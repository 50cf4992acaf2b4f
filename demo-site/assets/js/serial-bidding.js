// Server-to-server bidding the way it is usually bolted on: the last script of the body asks the in-house decision
// service, then the auction, then the ad server, each waiting for the answer of the one before.
(function () {
  'use strict';
  const { config, pageViewId, add } = window.pageNotes;
  const bids = new Map();
  let sent = false;

  function call(method, url, body) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      request.timeout = config.failsafe;
      if (body) {
        request.withCredentials = true;
        request.setRequestHeader('Content-Type', 'text/plain');
      }
      request.onload = () => (request.status === 200 ? resolve(request.responseText) : reject(new Error('http_status')));
      request.onerror = () => reject(new Error('network'));
      request.ontimeout = () => reject(new Error('timeout'));
      request.send(body);
    });
  }

  function auctionRequest(auctionId, slots) {
    return {
      id: auctionId,
      imp: slots.map((slot) => ({
        id: slot.code,
        banner: { format: slot.sizes.map(([w, h]) => ({ w, h })) },
        ext: { prebid: { storedrequest: { id: slot.storedImp } } },
      })),
      site: { page: location.href, publisher: { id: config.account } },
      tmax: config.tmax,
      ext: {
        prebid: { targeting: { includewinners: true, includebidderkeys: false } },
        earlybid: { adid: true, page_view_id: pageViewId },
      },
    };
  }

  function newAuctionId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join('');
  }

  async function bid(slots) {
    const auctionId = newAuctionId();
    add('auction_requested', { auctionId });
    const answer = JSON.parse(await call('POST', config.auctionUrl, JSON.stringify(auctionRequest(auctionId, slots))));
    add('bids_returned');
    const winners = [];
    for (const seat of answer.seatbid || []) {
      for (const one of seat.bid) {
        const targeting = one.ext && one.ext.prebid && one.ext.prebid.targeting;
        if (targeting && targeting.hb_adid) winners.push({ ...one, bidder: targeting.hb_bidder || seat.seat, targeting });
      }
    }
    return winners;
  }

  function askAdServer(winners) {
    if (sent) return;
    sent = true;
    googletag.cmd.push(() => {
      for (const winner of winners) {
        const slot = googletag
          .pubads()
          .getSlots()
          .find((one) => one.getSlotElementId() === winner.impid);
        if (!slot) continue;
        bids.set(winner.targeting.hb_adid, winner);
        slot.updateTargetingFromMap(winner.targeting);
        add('targeting_set', { slot: winner.impid });
      }
      googletag.pubads().refresh();
    });
  }

  // The creative asks for its markup by message, and says when it has written it.
  function answerCreative(event) {
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return;
    }
    const winner = message && bids.get(message.adId);
    if (!winner) return;
    if (message.message === 'Prebid Request' && event.ports[0]) {
      const ad = (winner.adm || '').replaceAll('${AUCTION_PRICE}', winner.price);
      event.ports[0].postMessage(JSON.stringify({ message: 'Prebid Response', adId: message.adId, ad, width: winner.w, height: winner.h }));
      if (winner.burl) new Image().src = winner.burl;
    } else if (message.event === 'adRenderSucceeded') {
      const size = `${winner.w}x${winner.h}`;
      add('creative_written', { slot: winner.impid, bidder: winner.bidder, cpm: winner.price, size });
    } else if (message.event === 'adRenderFailed') {
      add('error_raised', { slot: winner.impid, reason: message.info && message.info.reason });
    }
  }

  async function run() {
    window.addEventListener('message', answerCreative);
    setTimeout(() => askAdServer([]), config.failsafe);
    try {
      const decision = JSON.parse(await call('GET', `/decision?page=${config.page.type}`));
      askAdServer(await bid(decision.slots));
    } catch (error) {
      add(error.message === 'timeout' ? 'auction_timed_out' : 'error_raised', { reason: error.message });
      askAdServer([]);
    }
  }

  run();
})();
