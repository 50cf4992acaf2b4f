/*
 * Ad servers: Google Publisher Tag, or what the page has put into `earlybid.adServer`, which has
 * the functions of `gpt` here. Only `page.js` calls them. Nothing here decides anything.
 */

const service = () => googletag.pubads();

const find = (element) =>
  service()
    .getSlots()
    .find((slot) => slot.getSlotElementId() == element);

const defined = {};

const reports = ['slotRequested', 'slotResponseReceived', 'slotRenderEnded', 'slotOnload', 'impressionViewable'];

const gpt = {
  /** Runs `command` when the library is there, which may be at once. */
  ready: (command) => {
    const tag = (window.googletag = window.googletag || {});
    (tag.cmd = tag.cmd || []).push(command);
  },

  /** Passes on each of the library's reports, for as long as the page lives, and which ads it has shown before. */
  follow: (heard) => {
    const tell = (report, slot, event) =>
      heard({
        report,
        element: slot.getSlotElementId(),
        path: slot.getAdUnitPath(),
        empty: !!event.isEmpty,
        size: event.size,
        cpm: event.yieldCpm,
        network: !!event.isBackfill || event.yieldSource == 'network',
        bidder: event.yieldBidder,
      });
    reports.forEach((report) => service().addEventListener(report, (event) => tell(report, event.slot, event)));
    // Of an earlier ad the library remembers only that it is there, and whether a line item sold it.
    service()
      .getSlots()
      .forEach((slot) => {
        const ad = slot.getResponseInformation && slot.getResponseInformation();
        if (ad) ['slotRenderEnded', 'slotOnload'].forEach((report) => tell(report, slot, { isBackfill: !ad.lineItemId }));
      });
  },

  /** Defines the slots that have a path and that the library does not know. */
  define: (units) =>
    units.forEach(({ code, adUnitPath, sizes = [] }) => {
      if (!adUnitPath || find(code)) return;
      const slot = googletag.defineSlot(adUnitPath, sizes, code);
      slot.addService(service());
      defined[code] = slot;
      googletag.enableServices();
      googletag.display(code);
    }),

  /** Removes slots that were defined here. */
  remove: (codes) =>
    codes.forEach((code) => {
      if (defined[code]) googletag.destroySlots([defined[code]]);
      delete defined[code];
    }),

  /** Elements and paths of the slots that the library knows. */
  slots: () =>
    service()
      .getSlots()
      .map((slot) => ({ element: slot.getSlotElementId(), path: slot.getAdUnitPath() })),

  /** Sets a slot's key-values in place of those with the prefix that an earlier auction left. */
  setKeys: (element, keys, prefix) => {
    const slot = find(element);
    const old = slot.getTargetingKeys().filter((key) => key.startsWith(prefix));
    if (slot.setConfig && slot.getConfig) {
      const targeting = Object.fromEntries(old.map((key) => [key, null]));
      slot.setConfig({ targeting: Object.assign(targeting, keys) });
      return;
    }
    old.forEach((key) => slot.clearTargeting(key));
    Object.entries(keys).forEach(([key, value]) => slot.setTargeting(key, value));
  },

  /** Asks for the ads of these slots, in one request where the library can. */
  request: (elements) => {
    const slots = elements.map(find).filter(Boolean);
    if (slots[0]) service().refresh(slots);
  },
};

/** The page's ad server. */
export const adServer = () => window.earlybid.adServer || gpt;
