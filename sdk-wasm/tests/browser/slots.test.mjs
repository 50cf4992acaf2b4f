// Slots that the markup declares, that come later, wait, and go away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

/** A winner for each slot that is asked for. */
const forAll = (count, body) => answer(...body.imp.map(({ id }) => winner(id, 'delta', 1 + count / 100, `${id}-${count}`)));
const rendered = (view, slot, round = 0) =>
  until(
    () => view.events.find((event) => event.event === 'ad_rendered' && event.slot === slot && event.refresh_no === round),
    `an ad in ${slot}`,
  );
const ids = (view) => view.auctions.map(({ body }) => body.imp.map(({ id }) => id));

test('slots of the markup are found, at first and when they come later', async () => {
  const view = await world.visit({
    direct: true,
    reply: forAll,
    config: { slots: [], slotsInMarkup: true },
    body: `<div id="first" data-earlybid-slot="stored-first" data-sizes="300x250 300x600"></div>`,
  });
  await rendered(view, 'first');
  assert.deepEqual(view.auctions[0].body.imp[0], {
    id: 'first',
    banner: {
      format: [
        { w: 300, h: 250 },
        { w: 300, h: 600 },
      ],
    },
    ext: { prebid: { storedrequest: { id: 'stored-first' } } },
  });
  await view.page.evaluate(() => {
    document.body.insertAdjacentHTML(
      'beforeend',
      `<section><div data-earlybid-slot='{"sizes":[[300,250]],"bidders":{"delta":{"p":1}}}'></div></section>`,
    );
  });
  await rendered(view, 'earlybid-1');
  assert.deepEqual(view.auctions[1].body.imp[0].ext.prebid, { bidder: { delta: { p: 1 } } });
  assert.deepEqual(ids(view), [['first'], ['earlybid-1']]);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('a slot that leaves the page takes its frame along, and one that comes back starts anew', async () => {
  const view = await world.visit({ direct: true, reply: forAll });
  await rendered(view, 'top');
  const states = await view.page.evaluate(() => {
    window.states = [];
    earlybid.on('slot_state', (event) => window.states.push(`${event.slot} ${event.from}>${event.to}`));
    document.getElementById('top').remove();
    return window.states;
  });
  assert.deepEqual(states, []);
  await until(() => view.page.evaluate(() => window.states.some((state) => /^top \w+>removed$/.test(state))), 'removal');
  await view.page.evaluate(() => document.body.insertAdjacentHTML('afterbegin', '<div id="top"></div>'));
  await until(() => view.auctions.length === 2, 'an auction');
  assert.deepEqual(ids(view)[1], ['top']);
  await until(() => view.page.locator('#top iframe').count(), 'an ad');
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('a lazy slot waits until it is near the screen', async () => {
  const low = { code: 'low', sizes: [[300, 250]], lazy: { fetch: 50, render: 10 } };
  const view = await world.visit({
    direct: true,
    reply: forAll,
    config: { slots: [{ code: 'top', sizes: [[300, 250]] }, low] },
    body: '<div style="height:4000px"></div><div id="low" style="min-height:250px"></div><div style="height:3000px"></div>',
  });
  await view.has('ad_viewable', 'top');
  assert.deepEqual(ids(view), [['top']]);
  const toLow = (above) => view.page.evaluate((px) => scrollTo(0, document.getElementById('low').offsetTop - innerHeight - px), above);
  await toLow(300);
  await until(() => view.auctions.length === 2, 'its auction');
  await until(
    () => view.names().filter((name) => name === 'bids_returned').length === 2 || view.page.evaluate(() => earlybid.flush()),
    'its bids',
  );
  assert.equal(
    view.events.some((event) => event.event === 'ad_rendered' && event.slot === 'low'),
    false,
  );
  await toLow(0);
  await rendered(view, 'low');
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('sizes follow the viewport, in the first request too', async () => {
  const sizeMap = [
    { minWidth: 0, sizes: [[320, 50]] },
    { minWidth: 900, sizes: [[970, 250]] },
  ];
  const hidden = [
    { minWidth: 0, sizes: [[320, 50]] },
    { minWidth: 700, sizes: [] },
  ];
  const view = await world.visit({
    direct: true,
    reply: forAll,
    config: {
      slots: [
        { code: 'top', sizeMap },
        { code: 'side', sizeMap: hidden },
      ],
    },
  });
  await rendered(view, 'top');
  await view.page.setViewportSize({ width: 600, height: 800 });
  await view.page.evaluate(() => new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume))));
  await view.page.evaluate(() => earlybid.refresh(['top', 'side']));
  await rendered(view, 'top', 1);
  const formats = view.auctions.map(({ body }) => body.imp.map((imp) => [imp.id, imp.banner.format]));
  assert.deepEqual(formats, [
    [['top', [{ w: 970, h: 250 }]]],
    [
      ['top', [{ w: 320, h: 50 }]],
      ['side', [{ w: 320, h: 50 }]],
    ],
  ]);
  await view.close();
});

test('slots by call: added, refreshed, taken away', async () => {
  const view = await world.visit({ direct: true, reply: forAll, config: { slots: [] }, body: '<div id="own"></div>' });
  await view.page.evaluate(() => earlybid.cmd.push(() => earlybid.addSlots({ code: 'own', sizes: [[300, 250]] })));
  await rendered(view, 'own');
  await view.page.evaluate(() => earlybid.removeSlots('own'));
  await until(async () => (await view.page.locator('#own iframe').count()) === 0, 'no frame');
  await view.page.evaluate(() => earlybid.refresh());
  assert.equal(view.auctions.length, 1);
  await view.close();
});

test('a slot gets new ads after its time on the screen, as often as it may', async () => {
  const view = await world.visit({
    direct: true,
    reply: forAll,
    config: {
      slots: [
        { code: 'top', sizes: [[300, 250]], refresh: { every: 1, times: 2 } },
        { code: 'side', sizes: [[300, 250]] },
      ],
    },
  });
  await rendered(view, 'top', 2);
  assert.deepEqual(ids(view), [['top', 'side'], ['top'], ['top']]);
  // A third refresh would come after one more second; the last ad has been on screen for longer when it is viewable.
  await until(() => view.events.some((event) => event.event === 'ad_viewable' && event.refresh_no === 2), 'the last one to be seen');
  assert.equal(view.auctions.length, 3);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('another page in the place of this one is a page view of its own', async () => {
  const view = await world.visit({ direct: true, reply: forAll, config: { followNavigation: true } });
  await rendered(view, 'top');
  const first = view.auctions[0].body.ext.earlybid.page_view_id;
  await view.page.evaluate(() => history.pushState({}, '', 'other-page'));
  await until(() => view.auctions.length === 2, 'an auction');
  const second = view.auctions[1].body.ext.earlybid.page_view_id;
  assert.notEqual(first, second);
  assert.match(view.auctions[1].body.site.page, /other-page$/);
  await until(() => view.events.find((event) => event.event === 'ad_rendered' && event.page_view_id === second), 'an ad');
  const own = view.events.filter((event) => event.page_view_id === second);
  assert.deepEqual(
    own.slice(0, 2).map(({ event, seq }) => [event, seq]),
    [
      ['page_started', 0],
      ['sdk_ready', 1],
    ],
  );
  await view.page.evaluate(() => history.replaceState({}, '', '#fragment'));
  assert.equal(await view.page.evaluate(() => earlybid.pageViewId), second);
  await view.close();
});

for (const direct of [true, false]) {
  test(`a page from the back/forward cache asks again, as another page view, ${direct ? 'without' : 'with'} an ad server`, async () => {
    const view = await world.visit({ direct, reply: forAll });
    await rendered(view, 'top');
    await view.page.evaluate(() => (window.sameDocument = true));
    await view.page.goto(view.url.replace(/page$/, 'next'));
    await view.page.goBack({ waitUntil: 'commit' });
    await until(() => view.auctions.length === 2, 'an auction');
    assert.equal(await view.page.evaluate(() => window.sameDocument), true);
    const [first, second] = view.auctions.map(({ body }) => body.ext.earlybid.page_view_id);
    assert.notEqual(first, second);
    await until(
      () => view.events.some((event) => event.event === 'ad_rendered' && event.page_view_id === second && event.slot === 'top'),
      'an ad',
    );
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

test('the library is told of slots that it does not know, and rid of them again', async () => {
  const view = await world.visit({
    reply: forAll,
    config: {
      adServer: { type: 'gpt', scripts: [`${world.other}/gpt.js`], define: true },
      slots: [{ code: 'extra', adUnitPath: '/1/extra', sizes: [[300, 250]] }],
    },
    body: '<div id="extra"></div>',
  });
  await rendered(view, 'extra');
  await view.page.evaluate(() => document.getElementById('extra').remove());
  await until(() => view.page.evaluate(() => window.gptLog.some((entry) => entry.destroyed === 'extra')), 'destroySlots');
  assert.deepEqual(view.errors, []);
  await view.close();
});
