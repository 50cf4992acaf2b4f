// Answers of the bid server that are slow, broken, or not what they should be, and requests that are given up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const good = answer(winner('top', 'delta', 2, 'ad-1'));
const requests = (view) => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
const held = () => {
  const parts = {};
  parts.promise = new Promise((resolve) => (parts.resolve = resolve));
  return parts;
};
const bid = (changes) => {
  const changed = structuredClone(good);
  changes(changed.seatbid[0].bid[0], changed);
  return changed;
};

for (const [what, reply, status] of [
  ['nothing at all', '', 200],
  ['204', '', 204],
  ['an empty object', '{}', 200],
  ['null', 'null', 200],
  ['a list', '[]', 200],
  ['half an answer', JSON.stringify(good).slice(0, 300), 200],
  ['seats that are no list', { ...good, seatbid: { bid: 'top' } }, 200],
  ['seats and bids of null', { ...good, seatbid: [null, { bid: null }, { seat: 1, bid: [null, 7, 'top'] }] }, 200],
  ['a bid for a slot that the page does not have', bid((one) => (one.impid = 'nowhere')), 200],
  ['a bid without key-values', bid((one) => delete one.ext), 200],
  ['a bid that names no slot', bid((one) => (one.impid = { id: 'top' })), 200],
  ['brackets without end', '['.repeat(200_000), 200],
  ['a megabyte of nonsense', 'soup '.repeat(200_000), 200],
  ['half a character', '{"seatbid":[{"bid":[{"impid":"\\ud83c', 200],
]) {
  test(`${what}: the ad server goes on without bids, at once and once`, async () => {
    // The failsafe is so long that it would be too late for the test.
    const view = await world.visit({ reply, status });
    const rendered = await view.has('ad_rendered', 'top');
    assert.equal(rendered.source, 'house');
    assert.deepEqual(await requests(view), [{ refresh: ['top', 'side'] }]);
    assert.deepEqual(await view.page.evaluate(() => window.gptLog.find((entry) => entry.id === 'top').keys), {});
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

for (const [what, changes] of [
  [
    'numbers are words and words are numbers',
    (one) => Object.assign(one, { price: 'much', w: '300', h: null, crid: 7, exp: 'soon', burl: 3, mtype: 'x' }),
  ],
  [
    'there is much more than we know',
    (one, all) => {
      Object.assign(one, { cat: Array(500).fill('IAB1'), ext2: { deep: [[[[{}]]]] } });
      all.ext = { errors: {}, debug: 'x'.repeat(50_000) };
    },
  ],
  [
    'other bids are broken',
    (one, all) => all.seatbid.unshift({ seat: 'broken', bid: [null, { impid: 'top' }, { impid: 'top', ext: { prebid: null } }] }),
  ],
]) {
  test(`a winner is used although ${what}`, async () => {
    const view = await world.visit({ reply: bid(changes), direct: true });
    assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

test('an answer that only drips in counts when it is whole, not later than the failsafe', async () => {
  const text = JSON.stringify(good);
  for (const inTime of [true, false]) {
    const rest = held();
    const view = await world.visit({
      reply: { trickle: { begin: text.slice(0, 200), end: rest.promise } },
      holdFailsafe: true,
    });
    await taken(view);
    assert.deepEqual(await requests(view), []);
    if (!inTime) {
      await view.timeIsUp();
      await until(async () => (await requests(view)).length, 'the failsafe');
    }
    rest.resolve(text.slice(200));
    assert.equal((await view.has('ad_rendered', 'top')).source, inTime ? 'header_bidding' : 'house');
    assert.deepEqual(await requests(view), [{ refresh: ['top', 'side'] }]);
    await view.close();
  }
});

for (const [what, options] of [
  ['the SDK', {}],
  ['no SDK, but the fallback', { missing: ['sdk.wasm'] }],
  ['nothing of ours but the loader', { missing: ['sdk.js', 'sdk.wasm', 'fallback.js'] }],
]) {
  test(`with ${what}, a request that nobody waits for any longer is ended`, async () => {
    const view = await world.visit({ reply: 'never', config: { failsafe: 500 }, ...options });
    await until(() => view.abandoned.length, 'the end of the request');
    assert.deepEqual(view.abandoned, [1]);
    assert.deepEqual(await requests(view), [{ refresh: ['top', 'side'] }]);
    await view.close();
  });
}

test('each auction of the page is ended at the failsafe, those of refreshes too', async () => {
  const view = await world.visit({
    reply: 'never',
    config: {
      failsafe: 500,
      slots: [
        { code: 'top', sizes: [[300, 250]] },
        { code: 'side', sizes: [[300, 250]], ownAuction: true },
      ],
    },
  });
  await until(() => view.abandoned.length === 2, 'the end of both');
  await taken(view);
  await view.page.evaluate(() => earlybid.refresh('top'));
  await until(() => view.abandoned.length === 3, 'the end of the third');
  await view.close();
});

test('where late bids are wanted, the request goes on', async () => {
  const late = held();
  const view = await world.visit({ reply: late.promise, config: { failsafe: 400, lateBids: true } });
  await view.has('auction_timed_out');
  await until(async () => (await requests(view)).length, 'the ad server');
  late.resolve(good);
  assert.equal((await view.has('bids_returned')).reason, 'late');
  assert.deepEqual(view.abandoned, []);
  await view.close();
});

test('a slot that goes away while its auction runs takes nothing along and breaks nothing', async () => {
  const late = held();
  const view = await world.visit({ reply: late.promise, direct: true });
  await taken(view);
  await view.page.evaluate(() => document.getElementById('side').remove());
  late.resolve(answer(winner('top', 'delta', 2, 'ad-1'), winner('side', 'beta', 2, 'ad-2')));
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal(await view.page.locator('iframe').count(), 1);
  assert.deepEqual(view.errors, []);
  await view.close();
});
