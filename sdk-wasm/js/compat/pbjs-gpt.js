/*
 * Key-values on the slots of Google Publisher Tag, for the layer for Prebid.js pages.
 */
import { find } from '../elements.js';

// The keys on each slot that are ours.
const set = new WeakMap();

const slotsOf = (codes, config, match) => {
  const tag = window.googletag;
  if (!tag || !tag.pubads) return [];
  const custom = match || config.customGptSlotMatching;
  return tag
    .pubads()
    .getSlots()
    .map((slot) => [
      slot,
      codes.find(
        (code) => (custom && custom(slot) && custom(slot)(code)) || code === slot.getAdUnitPath() || code === slot.getSlotElementId(),
      ),
    ])
    .filter(([, code]) => code !== undefined);
};

const apply = (slot, keys) => {
  const gone = (set.get(slot) || []).filter((key) => !(key in keys));
  set.set(slot, Object.keys(keys));
  if (slot.getConfig && slot.setConfig) {
    return slot.setConfig({ targeting: { ...Object.fromEntries(gone.map((key) => [key, null])), ...keys } });
  }
  gone.forEach((key) => slot.clearTargeting(key));
  return Object.keys(keys).forEach((key) => slot.setTargeting(key, keys[key]));
};

/** Takes our keys off the slots of these units, so that no bid of an older auction can be used again. */
export const clearKeys = (codes, config) => slotsOf(codes, config).forEach(([slot]) => set.has(slot) && apply(slot, {}));

/** Sets `targeting[code]` on the slots of each unit, in place of our older ones. */
export const setKeys = (targeting, config, match) =>
  slotsOf(Object.keys(targeting), config, match).forEach(([slot, code]) => {
    // A string with commas stands for several values.
    const keys = Object.entries(targeting[code]).map(([key, value]) => [key, String(value).includes(',') ? value.split(',') : value]);
    apply(slot, Object.fromEntries(keys));
  });

// Ids of the elements that ads were shown in, by ad: the key-values that named the ad are gone by then.
const shown = new Map();

/** Takes the ad's keys off its slot, so that from now on the ad server is asked without it. */
export const spend = (adId) => {
  const slot = slotWith(adId);
  if (!slot) return;
  shown.set(adId, slot.getSlotElementId());
  if (shown.size > 200) shown.delete(shown.keys().next().value);
  apply(slot, {});
};

/** The element of the slot whose key-values name this ad, or did. */
export const elementOf = (adId) => {
  const slot = slotWith(adId);
  const id = slot ? slot.getSlotElementId() : shown.get(adId);
  return id && find(id);
};

const slotWith = (adId) => {
  const tag = window.googletag;
  const has = (slot) => {
    const keys = slot.getConfig
      ? slot.getConfig('targeting')?.targeting || {}
      : Object.fromEntries(slot.getTargetingKeys().map((key) => [key, slot.getTargeting(key)]));
    return Object.values(keys).some((values) => [].concat(values).includes(adId));
  };
  return tag?.pubads?.().getSlots().find(has);
};
