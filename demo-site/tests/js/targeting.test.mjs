// Key-values of the publisher tag's stand-in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPage } from './fake-page.mjs';

// Values made inside the page's own realm are compared as JSON.
const plain = (value) => JSON.parse(JSON.stringify(value));

function slotOn(page) {
  return page.googletag.defineSlot('/1/top', [300, 250], 'top').addService(page.googletag.pubads());
}

test('values become lists of strings and a missing key is an empty list', () => {
  const slot = slotOn(loadPage());
  slot.setTargeting('a', 'x').setTargeting('b', ['y', 2]);
  assert.deepEqual(plain(slot.getTargeting('a')), ['x']);
  assert.deepEqual(plain(slot.getTargeting('b')), ['y', '2']);
  assert.deepEqual(plain(slot.getTargeting('c')), []);
  assert.deepEqual(plain(slot.getTargetingKeys()), ['a', 'b']);
});

test('keys that differ in case are one key', () => {
  const slot = slotOn(loadPage());
  slot.setTargeting('HB_PB', '1.00').setTargeting('hb_pb', '2.00');
  assert.deepEqual(plain(slot.getTargeting('Hb_Pb')), ['2.00']);
});

test('long keys and values are cut with a warning', () => {
  const page = loadPage();
  const slot = slotOn(page);
  slot.setTargeting('hb_bidder_with_a_long_name', 'v'.repeat(60));
  assert.deepEqual(plain(slot.getTargetingKeys()), ['hb_bidder_with_a_lon']);
  assert.equal(slot.getTargeting('hb_bidder_with_a_lon')[0].length, 40);
  assert.equal(page.warnings.length, 2);
});

test('characters that the ad server does not take are dropped with a warning', () => {
  const page = loadPage();
  const slot = slotOn(page);
  slot.setTargeting('a b', 'x=y');
  slot.setTargeting('1st', 'z');
  assert.deepEqual(plain(slot.getTargetingMap()), { ab: ['xy'] });
  assert.equal(page.warnings.length, 3);
});

test('setConfig merges key-values, and null clears one', () => {
  const slot = slotOn(loadPage());
  slot.setTargeting('a', '1').setTargeting('b', '2');
  slot.setConfig({ targeting: { a: null, c: ['3'] } });
  assert.deepEqual(plain(slot.getConfig('targeting')), { targeting: { b: ['2'], c: ['3'] } });
  assert.ok(Object.isFrozen(slot.getConfig('targeting')));
});

test('page settings can be read back', () => {
  const { googletag } = loadPage();
  googletag.setConfig({ targeting: { topic: 'soup' }, disableInitialLoad: true });
  const config = googletag.getConfig(['targeting', 'disableInitialLoad']);
  assert.deepEqual(plain(config), { targeting: { topic: ['soup'] }, disableInitialLoad: true });
  assert.ok(googletag.pubads().isInitialLoadDisabled());
});
