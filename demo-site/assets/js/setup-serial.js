// Ads by bolted-on bidding: the publisher tag waits until the script at the end of the body asks for a refresh.
googletag.cmd.push(function () {
  pageNotes.config.slots.forEach(function (slot) {
    googletag.defineSlot(slot.adUnitPath, slot.sizes, slot.code).addService(googletag.pubads());
  });
  googletag.pubads().disableInitialLoad();
  googletag.pubads().enableSingleRequest();
  googletag.enableServices();
});
