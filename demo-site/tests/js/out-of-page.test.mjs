// Out-of-page slots of the publisher tag's stand-in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { creative, listen, loadPage } from './fake-page.mjs';

test('an out-of-page slot in an element of the page is asked for in 1x1 and shown', () => {
  const page = loadPage({ ids: ['over'] });
  const { googletag } = page;
  const slot = googletag.defineOutOfPageSlot('/1/over', 'over').setTargeting('kind', 'popup').addService(googletag.pubads());
  googletag.enableServices();
  googletag.display('over');
  const [asked] = page.requests[0].body.slots;
  assert.deepEqual([asked.elementId, asked.sizes, asked.targeting], ['over', [[1, 1]], { kind: ['popup'] }]);
  page.requests[0].answer({ over: creative({ size: [1, 1] }) });
  assert.equal(page.elements.get('over').children.length, 1);
  assert.equal(slot.getSlotElementId(), 'over');
});

test('a slot of a format that the tag manages brings the others with it and comes back empty', () => {
  const page = loadPage({ ids: ['top'] });
  const { googletag } = page;
  const { OutOfPageFormat } = googletag.enums;
  const interstitial = googletag.defineOutOfPageSlot('/1/inter', OutOfPageFormat.INTERSTITIAL).addService(googletag.pubads());
  interstitial.setConfig({ interstitial: { triggers: { navBar: true } } });
  googletag.defineSlot('/1/top', [300, 250], 'top').addService(googletag.pubads());
  googletag.pubads().enableSingleRequest();
  googletag.enableServices();
  const heard = listen(googletag);
  googletag.display(interstitial);
  page.requests[0].answer({ top: creative() });
  assert.equal(page.elements.get('top').children.length, 1);
  assert.ok(heard.includes(`slotRenderEnded ${interstitial.getSlotElementId()}`));
  assert.deepEqual(page.warnings, []);
});

test('a page has one anchor and one slot of each other format, until they are destroyed', () => {
  const { googletag } = loadPage();
  const { OutOfPageFormat } = googletag.enums;
  const define = (format) => {
    const slot = googletag.defineOutOfPageSlot('/1/x', format);
    return slot && slot.addService(googletag.pubads());
  };
  const anchor = define(OutOfPageFormat.TOP_ANCHOR);
  assert.notEqual(anchor, null);
  assert.equal(define(OutOfPageFormat.BOTTOM_ANCHOR), null);
  for (const format of ['REWARDED', 'INTERSTITIAL', 'LEFT_SIDE_RAIL', 'RIGHT_SIDE_RAIL', 'GAME_MANUAL_INTERSTITIAL']) {
    assert.notEqual(define(OutOfPageFormat[format]), null, format);
    assert.equal(define(OutOfPageFormat[format]), null, format);
  }
  googletag.destroySlots([anchor]);
  assert.notEqual(define(OutOfPageFormat.BOTTOM_ANCHOR), null);
});

test('what is no path, no format or taken gives null and a warning', () => {
  const page = loadPage({ ids: ['over'] });
  const { googletag } = page;
  assert.equal(googletag.defineOutOfPageSlot('over', 'over'), null);
  assert.equal(googletag.defineOutOfPageSlot('/1/over', 99), null);
  googletag.defineOutOfPageSlot('/1/over', 'over').addService(googletag.pubads());
  assert.equal(googletag.defineOutOfPageSlot('/1/over', 'over'), null);
  assert.equal(page.warnings.length, 3);
});
