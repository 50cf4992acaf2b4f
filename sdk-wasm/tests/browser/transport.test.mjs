// Events on their way: what they say of the browser and the clock, failures, offline, sampling, leaving.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));
const seqs = (view) => view.events.map((event) => event.seq).sort((a, b) => a - b);
const gapless = (view) =>
  assert.deepEqual(
    seqs(view),
    seqs(view).map((_, place) => place),
  );

test('each event says when it was sent, from which browser, and how many it stands for', async () => {
  const view = await world.visit({ reply, config: { eventsShare: 0.999999 } });
  await view.has('ad_viewable', 'top');
  for (const event of view.events) {
    assert.deepEqual([event.browser, event.os, event.sample_rate], ['chrome', 'linux', 0.999999]);
    assert.ok(event.sent_at >= event.client_time && event.sent_at <= Date.now());
  }
  gapless(view);
  await view.close();
});

test('a page view that is not among those recorded sends nothing, and shows its ads', async () => {
  for (const missing of [[], ['sdk.wasm']]) {
    const view = await world.visit({ reply, missing, config: { eventsShare: 0 } });
    await until(() => view.page.frames().some((frame) => frame.url().includes('/creative?')), 'the ad');
    // The loader lets the ad server go on before the SDK is there.
    await taken(view);
    await view.page.evaluate(() => earlybid.flush());
    await view.page.goto(view.url.replace('/page', '/next'));
    assert.ok(!view.paths.includes('events'));
    await view.close();
  }
});

test('a batch that the server refuses is sent once more', async () => {
  const view = await world.visit({ reply, refuse: 1 });
  await view.has('ad_viewable', 'top');
  await until(() => view.refused === 1 && seqs(view)[0] === 0, 'the first batch');
  gapless(view);
  await view.close();
});

test('a page that is offline for a while loses nothing', async () => {
  const view = await world.visit({ reply });
  await view.has('ad_rendered', 'top');
  await view.page.context().setOffline(true);
  await view.page.evaluate(
    () => (
      earlybid.on('*', () => {}),
      earlybid.cmd.push(() => {
        throw new Error('ours');
      }),
      earlybid.flush()
    ),
  );
  await until(() => view.errors.some((error) => error.includes('ERR_INTERNET_DISCONNECTED')), 'a batch that failed');
  await view.page.context().setOffline(false);
  assert.equal((await view.has('error_raised')).reason, 'page_call_failed');
  await view.has('ad_viewable', 'top');
  gapless(view);
  await view.close();
});

test('more than the browser lets fly at once arrives nevertheless', async () => {
  const view = await world.visit({ reply });
  await view.has('ad_viewable', 'top');
  const before = view.events.length;
  await view.page.evaluate(() => {
    history.replaceState(null, '', `#${'x'.repeat(100)}`);
    for (let count = 0; count < 400; count += 1)
      earlybid.cmd.push(() => {
        throw new Error('ours');
      });
    earlybid.flush();
  });
  await until(() => view.events.length >= before + 400, '400 events');
  gapless(view);
  await view.close();
});

test('events of the last moment arrive when the page is left', async () => {
  const view = await world.visit({ reply });
  await view.has('ad_viewable', 'top');
  await view.page.evaluate(() => {
    earlybid.cmd.push(() => {
      throw new Error('ours');
    });
    location.href = 'next';
  });
  assert.equal((await view.has('error_raised')).reason, 'page_call_failed');
  gapless(view);
  await view.close();
});
