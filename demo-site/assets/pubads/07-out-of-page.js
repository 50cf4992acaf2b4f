// Part 7: out-of-page slots. In an element of the page, such a slot is asked for in 1x1, the size under which line items are booked
// for it. A format that the tag manages has no element; this ad server has no creatives for those, so their slots come back empty.

const OutOfPageFormat = Object.freeze({
  TOP_ANCHOR: 2,
  BOTTOM_ANCHOR: 3,
  REWARDED: 4,
  INTERSTITIAL: 5,
  GAME_MANUAL_INTERSTITIAL: 7,
  LEFT_SIDE_RAIL: 8,
  RIGHT_SIDE_RAIL: 9,
  AD_INTENTS: 10,
});

const OUT_OF_PAGE_SIZE = [1, 1];
const ANCHORS = [OutOfPageFormat.TOP_ANCHOR, OutOfPageFormat.BOTTOM_ANCHOR];

function defineOutOfPageSlot(path, reference) {
  if (typeof reference !== 'number') return newSlot('defineOutOfPageSlot', path, OUT_OF_PAGE_SIZE, reference);
  if (!Object.values(OutOfPageFormat).includes(reference)) {
    warn(`defineOutOfPageSlot: ${reference} is not a format`);
    return null;
  }
  // A page has one anchor, at its top or at its bottom, and one slot of each other format.
  const sameKind = ANCHORS.includes(reference) ? ANCHORS : [reference];
  if (slots.some((slot) => sameKind.includes(slot.format))) {
    warn('defineOutOfPageSlot: the page has a slot of this format already');
    return null;
  }
  const slot = newSlot('defineOutOfPageSlot', path, []);
  if (slot) slot.format = reference;
  return slot;
}
