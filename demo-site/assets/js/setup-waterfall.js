// Ads by waterfall: the publisher tag alone. The key `demand` is what the network line items target.
googletag.cmd.push(function () {
  pageNotes.config.slots.forEach(function (slot) {
    googletag.defineSlot(slot.adUnitPath, slot.sizes, slot.code).addService(googletag.pubads());
  });
  googletag.pubads().setTargeting('demand', 'waterfall');
  googletag.pubads().enableSingleRequest();
  googletag.enableServices();
});
