// How a page view begins: forms of the loader, what it starts, and what it does when nobody takes over.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));
const refreshes = (view) => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
const keysOf = (view, id) => view.page.evaluate((slot) => window.gptLog.find((entry) => entry.id === slot).keys, id);
/** Waits until the page has the answer of its first auction. */
const answered = (view) => view.page.evaluate(() => earlybid._.asked[0].answer.then(() => {}));
const held = () => {
  const parts = {};
  parts.promise = new Promise((resolve) => (parts.resolve = resolve));
  return parts;
};

test('as a file of its own, with its settings in an attribute', async () => {
  const view = await world.visit({ reply, external: true });
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal(view.auctions.length, 1);
  assert.deepEqual(view.errors, []);
  await view.close();
});

for (const [what, credentials, cookie] of [
  ['with', undefined, 'seen=1'],
  ['without', false, undefined],
]) {
  test(`the request goes ${what} cookies, as the page config says`, async () => {
    const view = await world.visit({ reply, open: false, config: { credentials } });
    // Requests to the page's own origin always carry cookies, so the auction is asked for at another one.
    view.config.auctionUrl = `${world.site.replace('127.0.0.1', 'localhost')}/${view.key}/auction`;
    await view.page.context().addCookies([{ name: 'seen', value: '1', url: view.config.auctionUrl, sameSite: 'Lax' }]);
    await view.open();
    await until(() => view.auctions.length, 'the request');
    assert.equal(view.auctions[0].cookie, cookie && view.auctions[0].cookie ? cookie : undefined);
    const mode = await view.page.evaluate(() => earlybid._.config.credentials);
    assert.equal(mode, credentials);
    await view.close();
  });
}

for (const [what, crossorigin, credentials] of [
  ['anonymous', 'crossorigin', false],
  ['with credentials', 'crossorigin="use-credentials"', true],
]) {
  test(`a request by GET joins the preload of the same address, ${what}`, async () => {
    const view = await world.visit({ reply, open: false, direct: true, config: { credentials } });
    view.config.auctionGetUrl = `/${view.key}/auction?slots=top`;
    view.options.first = `<link rel="preload" as="fetch" ${crossorigin} href="${view.config.auctionGetUrl}">`;
    await view.open();
    const rendered = await view.has('ad_rendered', 'top');
    assert.deepEqual(
      view.auctions.map(({ method, url }) => [method, url]),
      [['GET', `/${view.key}/auction?slots=top`]],
    );
    // The address is the same for every visitor, so the auction's id comes with its answer.
    assert.equal(rendered.auction_id, 'x');
    await view.close();
  });
}

test('the SDK that is too late: the loader has set the key-values, and the creative is answered when it comes', async () => {
  const script = held();
  const view = await world.visit({ reply, holdFailsafe: true, hold: { 'sdk.js': script.promise } });
  await answered(view);
  assert.deepEqual(await refreshes(view), []);
  await view.timeIsUp();
  await until(async () => (await refreshes(view)).length, 'the failsafe');
  assert.equal((await keysOf(view, 'top')).hb_adid, 'ad-1');
  await until(() => view.page.frames().some((frame) => frame.url().includes('/creative?')), 'the creative');
  await until(() => view.page.evaluate(() => earlybid._.heard.length), 'its request');
  script.resolve();
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.bidder, rendered.cpm], ['delta', 2]);
  assert.equal((await refreshes(view)).length, 1);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('a fallback that is late answers for the key-values of the loader, too', async () => {
  const script = held();
  const view = await world.visit({ reply, holdFailsafe: true, missing: ['sdk.js'], hold: { 'fallback.js': script.promise } });
  await answered(view);
  await view.timeIsUp();
  await until(async () => (await refreshes(view)).length, 'the failsafe');
  await until(() => view.page.evaluate(() => earlybid._.heard.length), 'the request of a creative');
  script.resolve();
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal((await refreshes(view)).length, 1);
  await view.close();
});

for (const [what, missing] of [
  ['the SDK', []],
  ['the fallback', ['sdk.wasm']],
]) {
  test(`without an ad server, ${what} and the bids both after the failsafe: a late winner is shown`, async () => {
    const script = held();
    const late = held();
    const view = await world.visit({ reply: late.promise, direct: true, holdFailsafe: true, missing, hold: { 'sdk.js': script.promise } });
    await view.timeIsUp();
    script.resolve();
    await taken(view);
    late.resolve(reply);
    assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
    assert.equal((await view.has('slot_empty', 'side')).reason, 'no_bid');
    assert.deepEqual(view.abandoned, []);
    await view.close();
  });
}

test('a document that does not end does not keep the ad server waiting', async () => {
  const never = held();
  const view = await world.visit({
    reply: 'never',
    config: { failsafe: 300 },
    hold: { 'blocking.js': never.promise },
    open: false,
    body: '<script src="sdk/blocking.js"></script>',
  });
  view.page.goto(view.url).catch(() => {});
  await until(async () => (await refreshes(view).catch(() => [])).length, 'the failsafe');
  never.resolve();
  await view.close();
});

test('an auction that took too long is given up, unless late bids are wanted', async () => {
  for (const lateBids of [false, true]) {
    const late = held();
    const view = await world.visit({ reply: (count) => (count === 1 ? late.promise : answer()), holdFailsafe: true, config: { lateBids } });
    await taken(view);
    await view.timeIsUp();
    assert.equal((await view.has('auction_timed_out')).reason, 'failsafe');
    await until(async () => (await refreshes(view)).length, 'the ad server');
    late.resolve(reply);
    if (lateBids) assert.equal((await view.has('bids_returned')).reason, 'late');
    await view.page.evaluate(() => earlybid.refresh('top'));
    await until(async () => (await refreshes(view)).length === 2, 'the next request');
    const [, keys] = await view.page.evaluate(() => window.gptLog.filter((entry) => entry.id === 'top').map((entry) => entry.keys));
    assert.equal(keys.hb_adid, lateBids ? 'ad-1' : undefined);
    await view.close();
  }
});

test('a slow slot with an auction of its own does not hold the others', async () => {
  const slow = held();
  const view = await world.visit({
    reply: (count, body) => (body.imp[0].id === 'side' ? slow.promise : reply),
    config: {
      slots: [
        { code: 'top', sizes: [[300, 250]] },
        { code: 'side', sizes: [[300, 250]], ownAuction: true },
      ],
    },
  });
  await view.has('ad_rendered', 'top');
  assert.deepEqual(await refreshes(view), [{ refresh: ['top'] }]);
  slow.resolve(answer(winner('side', 'beta', 3, 'ad-2')));
  assert.equal((await view.has('ad_rendered', 'side')).bidder, 'beta');
  assert.deepEqual(await refreshes(view), [{ refresh: ['top'] }, { refresh: ['side'] }]);
  assert.equal(view.auctions.length, 2);
  await view.close();
});

test('every script of the ad server and the connections are begun before the answer', async () => {
  const view = await world.visit({
    reply: 'never',
    open: false,
    config: { connectTo: ['https://creatives.example'] },
  });
  view.config.adServer.scripts = [`${world.other}/gpt.js`, `${world.other}/creative.js`];
  await view.open();
  const links = () => view.page.evaluate(() => [...document.querySelectorAll('link')].map((link) => [link.rel, link.href]));
  await until(async () => (await links())[2], 'the connection');
  assert.deepEqual(await links(), [
    ['preload', `${world.other}/gpt.js`],
    ['preload', `${world.other}/creative.js`],
    ['preconnect', 'https://creatives.example/'],
  ]);
  await view.close();
});

test("a browser that lacks what is needed is left alone, and so is the page's ad server", async () => {
  const view = await world.visit({ reply, before: () => delete window.IntersectionObserver });
  assert.deepEqual(
    view.paths.filter((path) => !['page', 'favicon.ico'].includes(path)),
    [],
  );
  assert.equal(await view.page.evaluate(() => googletag.cmd.length > 0 && !earlybid._), true);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('nothing of ours takes the page for long, with a hundred slots and a processor at a quarter', async () => {
  const slots = Array.from({ length: 100 }, (_, place) => ({ code: `s${place}`, sizes: [[300, 250]] }));
  const view = await world.visit({
    direct: true,
    open: false,
    reply: (count, body) => answer(...body.imp.map(({ id }) => winner(id, 'delta', 1, id))),
    config: { slots },
    body: slots.map(({ code }) => `<div id="${code}" style="min-height:250px"></div>`).join(''),
    before: () => {
      window.calls = [];
      const channel =
        (name, wrapped) =>
        (...values) => {
          const begun = performance.now();
          const result = wrapped(...values);
          window.calls.push([name, performance.now() - begun]);
          return result;
        };
      // Time in the module itself: the longest part that cannot be split.
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function (...values) {
        const instance = new Instance(...values);
        const exports = {};
        for (const [name, value] of Object.entries(instance.exports))
          exports[name] = typeof value === 'function' ? channel(name, value) : value;
        return Object.setPrototypeOf({ exports }, Instance.prototype);
      };
      WebAssembly.Instance.prototype = Instance.prototype;
    },
  });
  const session = await view.page.context().newCDPSession(view.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await view.open();
  await until(async () => {
    await view.page.evaluate(() => window.earlybid.flush && earlybid.flush());
    return view.events.filter((event) => event.event === 'ad_rendered').length === 100;
  }, 'a hundred ads');
  assert.equal(view.auctions.length, 1);
  assert.equal(await view.page.locator('iframe').count(), 100);
  assert.ok(await view.page.evaluate(() => window.calls.length > 200));
  assert.deepEqual(view.errors, []);
  await view.close();
});
