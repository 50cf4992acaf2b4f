// Every function that the publisher tag documents is there, so that no page stops at a missing one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPage } from './fake-page.mjs';

const words = (text) => text.trim().split(/\s+/);

const EVENTS = 'addEventListener removeEventListener getSlots';
const TARGETING = 'setTargeting clearTargeting getTargeting getTargetingKeys';
const ATTRIBUTES = 'set get getAttributeKeys';

const DOCUMENTED = {
  googletag: words(`
    pubads companionAds getVersion defineSlot defineOutOfPageSlot display enableServices disablePublisherConsole destroySlots
    sizeMapping openConsole setAdIframeTitle setConfig getConfig`),
  pubads: words(`
    ${EVENTS} ${TARGETING} ${ATTRIBUTES} setCategoryExclusion clearCategoryExclusions disableInitialLoad isInitialLoadDisabled
    enableSingleRequest setCentering refresh enableVideoAds setVideoContent collapseEmptyDivs clear setLocation
    setPublisherProvidedId display updateCorrelator setForceSafeFrame setSafeFrameConfig enableLazyLoad setPrivacySettings`),
  companionAds: words(`${EVENTS} setRefreshUnfilledSlots`),
  slot: words(`
    ${TARGETING} ${ATTRIBUTES} addService defineSizeMapping setClickUrl setCategoryExclusion clearCategoryExclusions
    getCategoryExclusions setCollapseEmptyDiv getAdUnitPath getSlotElementId setForceSafeFrame setSafeFrameConfig
    getResponseInformation updateTargetingFromMap setConfig getConfig`),
  sizeMapping: words('addSize build'),
  cmd: ['push'],
  secureSignalProviders: words('push clearAllCache'),
};

test('every documented function is there', () => {
  const { googletag } = loadPage();
  const objects = {
    googletag,
    pubads: googletag.pubads(),
    companionAds: googletag.companionAds(),
    slot: googletag.defineSlot('/1/top', [300, 250], 'top'),
    sizeMapping: googletag.sizeMapping(),
    cmd: googletag.cmd,
    secureSignalProviders: googletag.secureSignalProviders,
  };
  const missing = Object.entries(DOCUMENTED).flatMap(([name, functions]) =>
    functions.filter((one) => typeof objects[name][one] !== 'function').map((one) => `${name}.${one}`),
  );
  assert.deepEqual(missing, []);
});

test('a slot’s setters can be chained', () => {
  const { googletag } = loadPage();
  const slot = googletag.defineSlot('/1/top', [300, 250], 'top');
  const calls = [
    (one) => one.addService(googletag.pubads()),
    (one) => one.setConfig({ targeting: { color: 'red' }, categoryExclusion: ['airline'] }),
    (one) => one.setTargeting('a', 'b'),
    (one) => one.updateTargetingFromMap({ c: 'd' }),
    (one) => one.clearTargeting('a'),
    (one) => one.set('key', 'value'),
    (one) => one.setClickUrl('http://site.test/click?'),
    (one) => one.setCollapseEmptyDiv(true),
    (one) => one.setForceSafeFrame(true),
    (one) => one.setSafeFrameConfig({}),
    (one) => one.defineSizeMapping([]),
  ];
  for (const call of calls) assert.equal(call(slot), slot, String(call));
  assert.deepEqual([...slot.getCategoryExclusions()], ['airline']);
  assert.deepEqual([...slot.getTargetingKeys()], ['color', 'c']);
});
