// A page that refreshes the ad server's slots by itself, as pages do: no bid is shown twice, and no blank counts as an ad.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const requests = (view, id) =>
  view.page.evaluate((slot) => (window.gptLog || []).filter((entry) => entry.id === slot).map(({ keys }) => keys), id);
const second = (view, id) => until(async () => (await requests(view, id))[1], 'the second request');
const refresh = (view) => view.page.evaluate(() => googletag.pubads().refresh());

for (const [what, options] of [
  ['the SDK', {}],
  ['the fallback', { missing: ['sdk.wasm'] }],
]) {
  test(`a bare refresh() asks the ad server without the bid that was shown, with ${what}`, async () => {
    const view = await world.visit({ open: false, ...options });
    view.options.reply = answer(winner('top', 'delta', 2, 'ad-1', { burl: `${world.site}/${view.key}/notice-billed` }));
    await view.open();
    await view.has('ad_rendered', 'top');
    await refresh(view);
    assert.deepEqual(await second(view, 'top'), {});
    const next = await until(async () => {
      await view.page.evaluate(() => earlybid.flush());
      return view.events.find(({ event, refresh_no }) => event === 'ad_rendered' && refresh_no === 1);
    }, 'the next ad');
    assert.deepEqual([next.source, next.cpm], ['house', 0.4]);
    assert.deepEqual(view.notices, ['notice-billed']);
    assert.ok(!view.names().includes('error_raised') || options.missing);
    await view.close();
  });
}

test('a creative that asks for a bid of the ad before is told in an event, and is no ad', async () => {
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1')) });
  await view.has('ad_rendered', 'top');
  // A page that remembers key-values sets them again by itself.
  await view.page.evaluate(() => {
    const slot = googletag
      .pubads()
      .getSlots()
      .find((known) => known.getSlotElementId() === 'top');
    Object.entries({ hb_pb: '2.00', hb_adid: 'ad-1' }).forEach(([key, value]) => slot.setTargeting(key, value));
    googletag.pubads().refresh([slot]);
  });
  const empty = await until(async () => {
    await view.page.evaluate(() => earlybid.flush());
    return view.events.find(({ event, slot, reason }) => event === 'slot_empty' && slot === 'top' && reason === 'bid_used');
  }, 'the blank');
  assert.equal(empty.refresh_no, 1);
  // A frame may have loaded before its creative asks; what counts is that no ad has been seen.
  assert.equal(view.events.filter(({ event, refresh_no }) => event === 'ad_viewable' && refresh_no === 1).length, 0);
  assert.equal(view.events.filter(({ event, reason }) => event === 'error_raised' && reason === 'bid_used').length, 1);
  await view.close();
});

const pbjsPage = (_, view) => `<!doctype html><html lang=en><head><meta charset=utf-8><title>page</title><script>
  var pbjs = { que: [] }; var googletag = { cmd: [] }; window.seen = [];
  googletag.cmd.push(() => { googletag.pubads().disableInitialLoad(); googletag.defineSlot('/1/top', [[300, 250]], 'top'); googletag.display('top'); });
  pbjs.que.push(() => {
    for (const name of ['bidWon', 'staleRender', 'adRenderSucceeded']) pbjs.onEvent(name, () => seen.push(name));
    pbjs.setConfig({ userSync: { syncEnabled: false }, s2sConfig: { accountId: 'demo', endpoint: '${world.site}/${view.key}/auction' } });
    pbjs.addAdUnits([{ code: 'top', mediaTypes: { banner: { sizes: [[300, 250]] } }, bids: [{ bidder: 'delta', params: {} }] }]);
    pbjs.requestBids({ bidsBackHandler: () => googletag.cmd.push(() => { pbjs.setTargetingForGPTAsync(); googletag.pubads().refresh(); }) });
  });
  </script><script async src="sdk/pbjs.js"></script><script async src="${world.other}/gpt.js"></script></head>
  <body><div id=top style="min-height:250px"></div></body></html>`;

test('pbjs.js: a bare refresh() asks without the bid, and the bid is shown and billed once', async () => {
  const view = await world.visit({ open: false, document: pbjsPage });
  view.options.reply = answer(winner('top', 'delta', 2, 'ad-1', { burl: `${world.site}/${view.key}/notice-billed` }));
  await view.open();
  await until(() => view.page.evaluate(() => window.seen.includes('adRenderSucceeded')), 'the ad');
  await refresh(view);
  assert.deepEqual(await second(view, 'top'), {});
  await view.page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    pbjs.renderAd(frame.contentDocument, 'ad-1');
    window.inner = frame.contentDocument.querySelectorAll('iframe').length;
  });
  assert.deepEqual(await view.page.evaluate(() => [seen, inner]), [['bidWon', 'adRenderSucceeded', 'staleRender'], 0]);
  assert.deepEqual(view.notices, ['notice-billed']);
  await view.close();
});

test('two hundred calls of refresh() in a row are one auction', async () => {
  const view = await world.visit({ reply: (count) => answer(winner('top', 'delta', 2, `ad-${count}`)) });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate(() => {
    for (let count = 0; count < 200; count += 1) earlybid.refresh(count % 2 ? 'top' : ['side']);
  });
  await until(
    () =>
      view.events.some(({ event, refresh_no }) => event === 'ad_rendered' && refresh_no === 1) ||
      view.page.evaluate(() => earlybid.flush()),
    'the next ad',
  );
  assert.equal(view.auctions.length, 2);
  assert.deepEqual(view.auctions[1].body.imp.map(({ id }) => id).sort(), ['side', 'top']);
  await view.close();
});
