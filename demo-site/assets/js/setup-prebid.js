// Ads by Prebid.js, set up as its documentation shows: bids first, then key-values, then the ad server, with a failsafe.
(function () {
  var config = pageNotes.config;
  var pbjs = (window.pbjs = window.pbjs || {});
  pbjs.que = pbjs.que || [];
  var sent = false;
  var answered = false;

  googletag.cmd.push(function () {
    config.slots.forEach(function (slot) {
      googletag.defineSlot(slot.adUnitPath, slot.sizes, slot.code).addService(googletag.pubads());
    });
    googletag.pubads().disableInitialLoad();
    googletag.pubads().enableSingleRequest();
    googletag.enableServices();
  });

  function askAdServer() {
    if (sent) return;
    sent = true;
    googletag.cmd.push(function () {
      if (pbjs.libLoaded) pbjs.setTargetingForGPTAsync();
      googletag.pubads().refresh();
    });
  }

  function noteAnswer() {
    if (answered) return;
    answered = true;
    pageNotes.add('bids_returned');
  }

  pbjs.que.push(function () {
    pbjs.onEvent('beforePBSHttp', function (call) {
      var id;
      try {
        id = JSON.parse(call.requestJson).id;
      } catch {
        id = undefined;
      }
      pageNotes.add('auction_requested', { auctionId: id });
    });
    ['bidResponse', 'noBid', 'bidderDone'].forEach(function (name) {
      pbjs.onEvent(name, noteAnswer);
    });
    pbjs.onEvent('bidTimeout', function () {
      pageNotes.add('auction_timed_out', { reason: 'timeout' });
    });
    pbjs.onEvent('setTargeting', function (targeting) {
      Object.keys(targeting).forEach(function (code) {
        pageNotes.add('targeting_set', { slot: code });
      });
    });
    pbjs.onEvent('adRenderSucceeded', function (event) {
      var bid = event.bid;
      pageNotes.add('creative_written', {
        slot: bid.adUnitCode,
        bidder: bid.bidderCode,
        cpm: bid.cpm,
        size: bid.width + 'x' + bid.height,
      });
    });
    pbjs.onEvent('adRenderFailed', function (event) {
      pageNotes.add('error_raised', { slot: event.bid && event.bid.adUnitCode, reason: event.reason });
    });
    pbjs.setConfig({
      bidderTimeout: config.tmax + 300,
      enableSendAllBids: false,
      s2sConfig: {
        accountId: config.account,
        enabled: true,
        adapter: 'prebidServer',
        bidders: config.bidders,
        allowUnknownBidderCodes: true,
        timeout: config.tmax,
        endpoint: { p1Consent: config.auctionUrl, noP1Consent: config.auctionUrl },
      },
    });
    pbjs.addAdUnits(
      config.slots.map(function (slot) {
        return {
          code: slot.code,
          mediaTypes: { banner: { sizes: slot.sizes } },
          ortb2Imp: { ext: { prebid: { storedrequest: { id: slot.storedImp } } } },
          bids: config.bidders.map(function (bidder) {
            return { bidder: bidder, params: {} };
          }),
        };
      }),
    );
    pbjs.requestBids({ bidsBackHandler: askAdServer });
  });
  setTimeout(askAdServer, config.failsafe);
})();
