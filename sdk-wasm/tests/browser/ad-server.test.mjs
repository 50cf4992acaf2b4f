// Pages with an ad server: from the loader's request to the creative's frame.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const deferred = () => {
  const parts = {};
  parts.promise = new Promise((resolve) => (parts.resolve = resolve));
  return parts;
};

const shown = (view, slot = 'top') =>
  until(async () => {
    for (const frame of view.page.frames()) {
      const text = await frame.evaluate(() => document.body && document.body.innerText).catch(() => '');
      const owner = await frame
        .frameElement()
        .then((element) => element.evaluate((node) => node.closest('#top,#side,#other')?.id))
        .catch(() => '');
      if (text && (owner === slot || frame.parentFrame()?.url().includes('/creative?'))) return text.trim();
    }
    return '';
  }, `an ad in ${slot}`);

test('the request leaves before a stylesheet, in the form that needs no preflight', async () => {
  const view = await world.visit({ head: '<link rel="stylesheet" href="held.css">', open: false });
  // The stylesheet is held back until the auction request is there.
  await view.open();
  const { type, body } = view.auctions[0];
  assert.match(type, /^text\/plain/);
  assert.match(body.id, /^[0-9a-f]{32}$/);
  assert.match(body.ext.earlybid.page_view_id, /^[0-9a-f]{32}$/);
  assert.deepEqual(body.imp[0], {
    id: 'top',
    banner: { format: [{ w: 300, h: 250 }] },
    ext: { prebid: { storedrequest: { id: 'home-top' } } },
  });
  assert.deepEqual(body.site, { page: view.url, publisher: { id: 'demo' } });
  assert.equal(view.auctions.length, 1);
  await view.close();
});

test('the winner is rendered by the unchanged Universal Creative, and every step is told in order', async () => {
  const burl = `${world.site}/1/notice/burl`;
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1', { burl })) });
  const rendered = await view.has('ad_rendered', 'top');
  assert.equal(await shown(view), 'delta 2');
  assert.deepEqual(
    [rendered.bidder, rendered.cpm, rendered.creative_size, rendered.source, rendered.currency],
    ['delta', 2, '300x250', 'header_bidding', 'USD'],
  );
  const log = await view.page.evaluate(() => window.gptLog);
  assert.deepEqual(
    log.filter((entry) => entry.refresh),
    [{ refresh: ['top', 'side'] }],
  );
  assert.deepEqual(log.find((entry) => entry.id === 'top').keys, {
    hb_pb: '2.00',
    hb_bidder: 'delta',
    hb_size: '300x250',
    hb_adid: 'ad-1',
  });
  const size = await view.page.evaluate(() => {
    const frame = document.querySelector('#top iframe');
    return [frame, frame.parentElement].map((element) => [element.offsetWidth, element.offsetHeight]);
  });
  assert.deepEqual(size, [
    [300, 250],
    [300, 250],
  ]);
  const viewable = await view.has('ad_viewable', 'top');
  assert.ok(viewable.elapsed_ms - rendered.elapsed_ms >= 1000);
  // What telemetry.js adds comes once that file has been loaded.
  const added = [
    'config_read',
    'wasm_fetched',
    'wasm_compiled',
    'auction_first_byte',
    'auction_last_byte',
    'creative_loaded',
    'vital_measured',
  ];
  const top = view.events.filter(({ event, slot }) => (!slot || slot === 'top') && !added.includes(event)).map((event) => event.event);
  assert.deepEqual(top, [
    'page_started',
    'loader_started',
    'sdk_ready',
    'auction_requested',
    'bids_returned',
    'targeting_set',
    'ad_server_requested',
    'ad_server_responded',
    'ad_rendered',
    'ad_viewable',
  ]);
  assert.ok(view.names().includes('slot_empty'));
  assert.deepEqual(
    view.events.map((event) => event.seq),
    view.events.map((_, place) => place),
  );
  assert.ok(view.events.every((event) => event.page_view_id === view.auctions[0].body.ext.earlybid.page_view_id));
  assert.equal(rendered.auction_id, view.auctions[0].body.id);
  assert.match(view.eventsType, /^text\/plain/);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('the winner is rendered by our own inline creative, in the frame that the ad server made', async () => {
  const view = await world.visit({
    reply: answer(winner('top', 'delta', 2, 'ad-1')),
    before: () => (window.creativeKind = 'inline-creative'),
  });
  const rendered = await view.has('ad_rendered', 'top');
  assert.equal(await shown(view), 'delta 2');
  assert.deepEqual([rendered.bidder, rendered.cpm, rendered.source], ['delta', 2, 'header_bidding']);
  const frame = view.page.frames().find((candidate) => candidate.url().includes('/inline-creative'));
  assert.equal(frame.childFrames().length, 0);
  assert.equal(await frame.evaluate(() => getComputedStyle(document.body).margin), '0px');
  assert.equal(view.names().filter((name) => name === 'ad_rendered').length, 1);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('an inline creative whose bid the page does not know stays empty and breaks nothing', async () => {
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1')) });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate((origin) => {
    const frame = document.createElement('iframe');
    frame.src = `${origin}/inline-creative?adid=%3Cunknown%3E&page=no-address`;
    document.body.appendChild(frame);
    return new Promise((resolve) => (frame.onload = resolve));
  }, world.other);
  await view.has('ad_viewable', 'top');
  assert.equal(view.names().filter((name) => name === 'ad_rendered').length, 1);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('notices are called once, when the creative asks for its markup', async () => {
  const view = await world.visit({ open: false });
  view.options.reply = answer(winner('top', 'delta', 2, 'ad-1', { burl: `${world.site}/${view.key}/notice/burl` }));
  await view.open();
  await view.has('ad_viewable', 'top');
  assert.deepEqual(view.notices, ['notice/burl']);
  await view.close();
});

test("the ad server's own line item is a house ad with the price that it tells", async () => {
  const view = await world.visit({ reply: answer(winner('top', 'alpha', 0.3, 'ad-1')) });
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.source, rendered.cpm, rendered.bidder], ['house', 0.4, undefined]);
  await view.close();
});

test('without an answer the failsafe sends the ad server off, once', async () => {
  const view = await world.visit({ reply: 'never', holdFailsafe: true });
  await taken(view);
  await view.timeIsUp();
  assert.equal((await view.has('auction_timed_out')).reason, 'failsafe');
  await view.has('ad_rendered', 'top');
  const log = await view.page.evaluate(() => window.gptLog);
  assert.deepEqual(
    log.filter((entry) => entry.refresh),
    [{ refresh: ['top', 'side'] }],
  );
  await view.close();
});

test('key-values do not wait for the SDK, and the SDK that comes then leaves the ad server alone', async () => {
  const held = deferred();
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1')), hold: { 'sdk.wasm': held.promise } });
  const refreshes = () => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
  await until(async () => (await refreshes()).length, 'the ad server');
  await until(() => view.page.frames().some((frame) => frame.url().includes('/creative?')), 'the creative');
  held.resolve();
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  const at = async (name, slot) => (await view.has(name, slot)).elapsed_ms;
  assert.ok((await at('targeting_set', 'top')) < (await at('sdk_ready')));
  assert.ok((await at('ad_server_requested', 'top')) < (await at('sdk_ready')));
  assert.equal((await view.has('slot_empty', 'side')).reason, 'ad_server_empty');
  assert.equal((await view.has('bids_returned')).reason, undefined);
  assert.ok(!view.names().includes('auction_timed_out'));
  assert.deepEqual(await refreshes(), [{ refresh: ['top', 'side'] }]);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('an SDK that comes after the failsafe, which was up without an answer, leaves the ad server alone', async () => {
  const held = deferred();
  const view = await world.visit({ reply: 'never', config: { failsafe: 300 }, hold: { 'sdk.wasm': held.promise } });
  const refreshes = () => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
  await until(async () => (await refreshes()).length, 'the failsafe');
  held.resolve();
  assert.equal((await view.has('auction_timed_out')).reason, 'sdk_late');
  assert.deepEqual(await refreshes(), [{ refresh: ['top', 'side'] }]);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('what the ad server showed before a very late SDK is told when the SDK comes, and is watched from then on', async () => {
  const held = deferred();
  const view = await world.visit({ reply: 'never', config: { failsafe: 300 }, hold: { 'sdk.js': held.promise } });
  const shown = await until(() => view.page.frames().find((frame) => frame.url().includes('/house')), "the ad server's own ad");
  await shown.waitForLoadState('load');
  held.resolve();
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.source, rendered.cpm, rendered.refresh_no], ['house', undefined, 0]);
  await view.has('ad_viewable', 'top');
  assert.equal(view.names().filter((name) => name === 'ad_rendered').length, 1);
  assert.deepEqual(view.errors, []);
  await view.close();
});

for (const [what, reply, status, reason] of [
  ['a bid server that is down', 'reset', 200, 'bid_server_unreachable'],
  ['a bid server that refuses', answer(), 503, 'bid_server_status'],
  ['an answer that is no JSON', '<html>oops', 200, 'answer_malformed'],
]) {
  test(`${what} costs the bids and nothing else`, async () => {
    const view = await world.visit({ reply, status });
    assert.equal((await view.has('error_raised')).reason, reason);
    assert.equal((await view.has('ad_rendered', 'top')).source, 'house');
    assert.ok(
      view.errors.every((error) => error.startsWith('Failed to load resource')),
      view.errors.join(),
    );
    await view.close();
  });
}

test('a refresh is an auction of its own, for the slots that it names', async () => {
  const view = await world.visit({ reply: (count) => answer(winner('top', 'delta', count, `ad-${count}`)) });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate(() => earlybid.cmd.push(() => earlybid.refresh(['top'])));
  const again = await until(() => view.events.find((event) => event.event === 'ad_rendered' && event.refresh_no === 1), 'refresh');
  const request = view.auctions[1].body;
  assert.deepEqual(request.imp, [view.auctions[0].body.imp[0]]);
  assert.deepEqual({ ...request, id: 0, imp: 0 }, { ...view.auctions[0].body, id: 0, imp: 0 });
  assert.deepEqual([again.cpm, again.auction_id], [2, request.id]);
  const log = await view.page.evaluate(() => window.gptLog);
  assert.deepEqual(
    log.filter((entry) => entry.refresh).map((entry) => entry.refresh),
    [['top', 'side'], ['top']],
  );
  assert.equal(log.filter((entry) => entry.id === 'top')[1].keys.hb_adid, 'ad-2');
  assert.deepEqual(view.errors, []);
  await view.close();
});

test("the ad server's script is fetched early and run when the bids are back", async () => {
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1')) });
  await view.has('ad_rendered', 'top');
  const { ran, started } = await view.page.evaluate(() => ({
    ran: window.gptLog[0].ran,
    started: performance
      .getEntriesByType('resource')
      .filter((entry) => entry.name.endsWith('gpt.js'))
      .map((entry) => entry.startTime),
  }));
  assert.equal(started.length, 1);
  assert.ok(started[0] < ran);
  await view.close();
});
