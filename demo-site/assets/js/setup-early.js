// The page's own part with Earlybid in front: slots as usual. Earlybid's loader has switched initial load off, and asks for
// a refresh once the bids are in.
window.googletag = window.googletag || {};
googletag.cmd = googletag.cmd || [];
googletag.cmd.push(function () {
  JSON.parse(document.getElementById('earlybid-config').textContent).slots.forEach(function (slot) {
    googletag.defineSlot(slot.adUnitPath, slot.sizes, slot.code).addService(googletag.pubads());
  });
  // Asks for the header bidding line items whose creative is inline and loads nothing.
  googletag.pubads().setTargeting('hb_creative', 'inline');
  googletag.pubads().enableSingleRequest();
  googletag.enableServices();
});
