// The publisher tag's stand-in from command queue to rendered slot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Element, creative, listen, loadPage } from './fake-page.mjs';

function define(page, ids, { initialLoad = true, singleRequest = true } = {}) {
  const { googletag } = page;
  const slots = ids.map((id) => googletag.defineSlot(`/1/${id}`, [[300, 250]], id).addService(googletag.pubads()));
  if (!initialLoad) googletag.pubads().disableInitialLoad();
  if (singleRequest) googletag.pubads().enableSingleRequest();
  googletag.enableServices();
  return slots;
}

test('commands queued before the tag run in order, and one that throws stops none', () => {
  const ran = [];
  const later = [];
  const page = loadPage({
    before: (window) => {
      window.setTimeout = (callback) => later.push(callback);
      window.googletag = {
        cmd: [
          () => ran.push(1),
          () => {
            throw new Error('from a command');
          },
          () => ran.push(2),
        ],
      };
    },
  });
  assert.deepEqual(ran, [1, 2]);
  assert.equal(
    page.googletag.cmd.push(
      () => ran.push(3),
      () => ran.push(4),
    ),
    2,
  );
  assert.deepEqual(ran, [1, 2, 3, 4]);
  assert.throws(later[0], /from a command/);
});

test('with single request the first display asks for all slots at once', () => {
  const page = loadPage({ ids: ['top', 'side'] });
  define(page, ['top', 'side']);
  page.googletag.display('top');
  page.googletag.display('side');
  assert.equal(page.requests.length, 1);
  assert.equal(page.requests[0].url, 'http://ads.test/gampad/ads');
  assert.deepEqual(
    page.requests[0].body.slots.map((slot) => slot.elementId),
    ['top', 'side'],
  );
});

test('without it each slot has a request of its own', () => {
  const page = loadPage({ ids: ['top', 'side'] });
  define(page, ['top', 'side'], { singleRequest: false });
  page.googletag.display('top');
  page.googletag.display('side');
  assert.equal(page.requests.length, 2);
});

test('with initial load disabled only refresh asks', () => {
  const page = loadPage({ ids: ['top'] });
  define(page, ['top'], { initialLoad: false });
  page.googletag.display('top');
  assert.equal(page.requests.length, 0);
  page.googletag.pubads().refresh();
  assert.equal(page.requests.length, 1);
});

test('a request carries what was set when it was made', () => {
  const page = loadPage({ ids: ['top'] });
  const [slot] = define(page, ['top'], { initialLoad: false });
  slot.setTargeting('hb_pb', '1.00');
  page.googletag.pubads().setTargeting('hb_pb', '9.00');
  page.googletag.display('top');
  page.googletag.pubads().refresh();
  slot.setTargeting('hb_pb', '2.00');
  const { body } = page.requests[0];
  assert.deepEqual(body.slots[0].targeting, { hb_pb: ['1.00'] });
  assert.deepEqual(body.targeting, { hb_pb: ['9.00'] });
});

test('events come in order, the creative is in a frame of the ad server', () => {
  const page = loadPage({ ids: ['top'] });
  define(page, ['top']);
  const heard = listen(page.googletag);
  page.googletag.display('top');
  page.requests[0].answer({ top: creative({ yieldCpm: 0.4, yieldSource: 'house', yieldBidder: 'house' }) });
  assert.deepEqual([...heard], ['slotRequested top', 'slotResponseReceived top', 'slotRenderEnded top']);
  assert.equal(heard.last.isEmpty, false);
  assert.equal(heard.last.serviceName, 'publisher_ads');
  assert.equal(heard.last.lineItemId, 3);
  assert.equal(heard.last.yieldCpm, 0.4);
  const [container] = page.elements.get('top').children;
  const [frame] = container.children;
  assert.equal(frame.attributes.src, 'http://ads.test/safeframe/container.html');
  assert.deepEqual(JSON.parse(frame.attributes.name), { html: '<p>ad</p>' });
  frame.handlers.load();
  assert.equal(heard.at(-1), 'slotOnload top');
});

test('an empty slot ends with isEmpty, no load, and is hidden if the page wants that', () => {
  const page = loadPage({ ids: ['top'] });
  page.googletag.pubads().collapseEmptyDivs();
  define(page, ['top']);
  const heard = listen(page.googletag);
  page.googletag.display('top');
  page.requests[0].answer({});
  assert.deepEqual([...heard], ['slotRequested top', 'slotResponseReceived top', 'slotRenderEnded top']);
  assert.equal(heard.last.isEmpty, true);
  assert.equal(heard.last.size, null);
  assert.equal(heard.last.lineItemId, null);
  assert.equal(page.elements.get('top').style.display, 'none');
});

test('refresh shows an ad in a slot that display() was never called for', () => {
  const page = loadPage({ ids: ['top', 'side'] });
  const [top] = define(page, ['top', 'side'], { initialLoad: false });
  const heard = listen(page.googletag);
  page.googletag.pubads().refresh([top]);
  page.requests[0].answer({ top: creative() });
  assert.equal(page.elements.get('top').children.length, 1);
  assert.equal(heard.at(-1), 'slotRenderEnded top');
  assert.equal(page.requests.length, 1);
});

test('with single request the display() of one slot shows all of them', () => {
  const page = loadPage({ ids: ['top', 'side'] });
  define(page, ['top', 'side']);
  page.googletag.display('side');
  page.requests[0].answer({ top: creative(), side: creative() });
  for (const id of ['top', 'side']) assert.equal(page.elements.get(id).children.length, 1, id);
});

test('without it, only the displayed slot is asked for and shown', () => {
  const page = loadPage({ ids: ['top', 'side'] });
  define(page, ['top', 'side'], { singleRequest: false });
  page.googletag.display('side');
  page.requests[0].answer({ top: creative(), side: creative() });
  assert.equal(page.requests.length, 1);
  assert.equal(page.elements.get('top').children.length, 0);
});

test('an ad whose element is not there yet waits for display()', () => {
  const page = loadPage();
  const [slot] = define(page, ['top'], { initialLoad: false });
  page.googletag.pubads().refresh();
  page.requests[0].answer({ top: creative() });
  assert.match(page.warnings.at(-1), /no element with id top/);
  page.elements.set('top', Object.assign(new Element('div'), { id: 'top' }));
  page.googletag.display(slot);
  assert.equal(page.elements.get('top').children.length, 1);
});

test('an element in a shadow tree is filled when the page hands it over', () => {
  const page = loadPage();
  define(page, ['top']);
  const inShadow = Object.assign(new Element('div'), { id: 'top', isConnected: true });
  page.googletag.display(inShadow);
  page.requests[0].answer({ top: creative() });
  assert.equal(inShadow.children.length, 1);
  page.googletag.pubads().clear();
  assert.equal(inShadow.children.length, 0);
});

test('an element handed over before services are enabled is kept', () => {
  const page = loadPage();
  const { googletag } = page;
  googletag.defineSlot('/1/top', [300, 250], 'top').addService(googletag.pubads());
  const inShadow = Object.assign(new Element('div'), { id: 'top', isConnected: true });
  googletag.display(inShadow);
  assert.equal(googletag.pubadsReady, undefined);
  googletag.enableServices();
  assert.equal(googletag.pubadsReady, true);
  page.requests[0].answer({ top: creative() });
  assert.equal(inShadow.children.length, 1);
});

test('refresh removes the old ad, and an answer it has overtaken is dropped', () => {
  const page = loadPage({ ids: ['top'] });
  define(page, ['top']);
  page.googletag.display('top');
  page.googletag.pubads().refresh();
  const [first, second] = page.requests;
  second.answer({ top: creative({ html: 'new' }) });
  first.answer({ top: creative({ html: 'old' }) });
  const { children } = page.elements.get('top');
  assert.equal(children.length, 1);
  assert.match(children[0].children[0].attributes.name, /new/);
  assert.notEqual(first.body.correlator, second.body.correlator);
});

test('the sizes of the viewport are asked for', () => {
  const page = loadPage({ ids: ['top'] });
  const { googletag } = page;
  const mapping = googletag
    .sizeMapping()
    .addSize([0, 0], [])
    .addSize([1000, 0], [[728, 90]])
    .build();
  googletag
    .defineSlot('/1/top', [[300, 250]], 'top')
    .defineSizeMapping(mapping)
    .addService(googletag.pubads());
  googletag.enableServices();
  googletag.display('top');
  assert.deepEqual(page.requests[0].body.slots[0].sizes, [[728, 90]]);
});

test('a viewport smaller than all in the mapping gets the slot’s own sizes', () => {
  const page = loadPage({ ids: ['top'] });
  const { googletag } = page;
  const mapping = googletag
    .sizeMapping()
    .addSize([2000, 0], [[970, 250]])
    .build();
  googletag.defineSlot('/1/top', [300, 250], 'top').defineSizeMapping(mapping).addService(googletag.pubads());
  googletag.enableServices();
  googletag.display('top');
  assert.deepEqual(page.requests[0].body.slots[0].sizes, [[300, 250]]);
});

test('a slot without a size for the viewport is not asked for', () => {
  const page = loadPage({ ids: ['top'] });
  const { googletag } = page;
  const mapping = googletag.sizeMapping().addSize([0, 0], []).build();
  googletag.defineSlot('/1/top', [300, 250], 'top').defineSizeMapping(mapping).addService(googletag.pubads());
  googletag.enableServices();
  googletag.display('top');
  assert.equal(page.requests.length, 0);
});

test('a slot for fluid creatives only is asked for and comes back empty', () => {
  const page = loadPage({ ids: ['top'] });
  const { googletag } = page;
  googletag.defineSlot('/1/top', ['fluid'], 'top').addService(googletag.pubads());
  googletag.enableServices();
  const heard = listen(googletag);
  googletag.display('top');
  assert.deepEqual(page.requests[0].body.slots[0].sizes, []);
  page.requests[0].answer({});
  assert.deepEqual([heard.at(-1), heard.last.isEmpty], ['slotRenderEnded top', true]);
});

test('the page’s place is not its address', () => {
  const page = loadPage({ ids: ['top'] });
  define(page, ['top']);
  page.googletag.pubads().setLocation('10001,US').set('page_url', 'http://site.test/canonical');
  page.googletag.display('top');
  const { url, location } = page.requests[0].body;
  assert.deepEqual([url, location], ['http://site.test/canonical', '10001,US']);
});

test('signals queued before the tag and after are collected, and one that fails harms nobody', () => {
  const collected = [];
  const provider = (id) => ({ id, collectorFunction: () => Promise.resolve(collected.push(id)) });
  const failing = { id: 'failing', collectorFunction: () => Promise.reject(new Error('no signal')) };
  const page = loadPage({ before: (window) => (window.googletag = { cmd: [], secureSignalProviders: [failing, provider('a')] }) });
  page.googletag.secureSignalProviders.push(provider('b'));
  assert.deepEqual(collected, ['a', 'b']);
});

test('one second of half an ad on screen is a viewable impression', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const page = loadPage({
    ids: ['top'],
    before: (window) => Object.assign(window, { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }),
  });
  define(page, ['top']);
  const heard = listen(page.googletag);
  page.googletag.display('top');
  page.requests[0].answer({ top: creative() });
  page.elements.get('top').children[0].children[0].handlers.load();
  const see = (ratio) => page.observers[0].callback([{ intersectionRatio: ratio }]);
  see(0.6);
  context.mock.timers.tick(900);
  see(0.2);
  context.mock.timers.tick(1000);
  assert.ok(!heard.includes('impressionViewable top'));
  see(0.5);
  context.mock.timers.tick(1000);
  assert.equal(heard.at(-1), 'impressionViewable top');
});

test('destroyed slots are forgotten', () => {
  const page = loadPage({ ids: ['top'] });
  const [slot] = define(page, ['top']);
  assert.equal(page.googletag.destroySlots([slot]), true);
  assert.equal(page.googletag.pubads().getSlots().length, 0);
  assert.equal(page.googletag.destroySlots([slot]), false);
  assert.notEqual(page.googletag.defineSlot('/1/top', [300, 250], 'top'), null);
});
