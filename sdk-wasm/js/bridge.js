/*
 * Calls of the page that would cost the module more as single imports: a dozen small ones each
 * from Rust, one each from here. `src/browser/{gpt,transport}.rs` are the only callers.
 * Nothing here decides anything, and nothing throws.
 */

const quietly = (call) => {
  try {
    return call();
  } catch (error) {
    return undefined;
  }
};

/** Sends a batch of events in a way that outlives the page. */
export const send = (url, body) =>
  quietly(() => {
    // Blockers cancel beacons broadly, so fetch comes first where it can outlive the page.
    const sent =
      'keepalive' in Request.prototype && quietly(() => fetch(url, { method: 'POST', body, keepalive: true }));
    // A refused request must not show up as an unhandled rejection.
    if (sent) sent.catch(() => {});
    else navigator.sendBeacon(url, body);
  });

/** Calls an address without looking at the answer. */
export const notice = (url) => {
  new Image().src = url;
};

const service = () => googletag.pubads();

const reports = ['slotRequested', 'slotResponseReceived', 'slotRenderEnded', 'slotOnload', 'impressionViewable'];

/** Tells GPT's reports, each as one JSON text, for as long as the page lives. */
export const follow = (heard) =>
  quietly(() =>
    googletag.cmd.push(() =>
      reports.forEach((name) =>
        service().addEventListener(name, (event) =>
          heard(
            JSON.stringify({
              report: name,
              element: event.slot.getSlotElementId(),
              path: event.slot.getAdUnitPath(),
              empty: !!event.isEmpty,
              size: event.size,
              cpm: event.yieldCpm,
              network: !!event.isBackfill || event.yieldSource == 'network',
              bidder: event.yieldBidder,
            })
          )
        )
      )
    )
  );

/** Runs `command` when GPT is there, with the names of the slots that it knows and the page has. */
export const whenReady = (command) =>
  quietly(() =>
    googletag.cmd.push(() =>
      command(
        JSON.stringify(
          service()
            .getSlots()
            .map((slot) => {
              const element = slot.getSlotElementId();
              return { element, path: slot.getAdUnitPath(), placed: !!document.getElementById(element) };
            })
        )
      )
    )
  );

/** Sets a slot's key-values in place of those that an earlier auction left. */
export const setKeys = (element, prefix, keys) =>
  quietly(() => {
    const slot = service()
      .getSlots()
      .find((known) => known.getSlotElementId() == element);
    slot.getTargetingKeys().forEach((key) => key.startsWith(prefix) && slot.clearTargeting(key));
    Object.entries(JSON.parse(keys)).forEach(([key, value]) => slot.setTargeting(key, value));
  });

/** Asks for the ads of these slots, in one request where GPT can. */
export const requestAds = (elements) =>
  quietly(() => {
    const wanted = JSON.parse(elements);
    const slots = service()
      .getSlots()
      .filter((slot) => wanted.includes(slot.getSlotElementId()));
    if (slots[0]) service().refresh(slots);
  });
