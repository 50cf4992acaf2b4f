// First half of the measuring script, inline in the head of every page without Earlybid, so that it misses nothing.
// It only notes what happened and when; measure.js, loaded later, turns the notes into events and sends them.
(function () {
  'use strict';
  var notes = [];
  var hex = '';
  crypto.getRandomValues(new Uint8Array(16)).forEach(function (byte) {
    hex += (byte + 256).toString(16).slice(1);
  });
  var page = (window.pageNotes = {
    config: JSON.parse(document.getElementById('page-config').textContent),
    pageViewId: hex,
    notes: notes,
    wake: null,
    add: function (what, fields) {
      notes.push({ what: what, at: performance.now(), time: Date.now(), fields: fields || {} });
      if (page.wake) page.wake();
    },
  });
  window.googletag = window.googletag || {};
  googletag.cmd = googletag.cmd || [];
  googletag.cmd.push(function () {
    function listen(type, more) {
      googletag.pubads().addEventListener(type, function (event) {
        var fields = more ? more(event) : {};
        fields.slot = event.slot.getSlotElementId();
        page.add(type, fields);
      });
    }
    listen('slotRequested');
    listen('slotResponseReceived');
    listen('slotOnload');
    listen('impressionViewable');
    listen('slotRenderEnded', function (event) {
      return {
        empty: event.isEmpty,
        size: event.size && event.size.join('x'),
        cpm: event.yieldCpm,
        source: event.yieldSource,
        bidder: event.yieldBidder,
      };
    });
  });
})();
