// Pages where the SDK cannot run, in whole or in part: ads or empty slots, and no errors.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));
const blocked = (error) => !error.startsWith('Failed to load resource') && !error.includes('Failed to load module script');
const strict = (more) =>
  `script-src 'nonce-abc' ${more} ${world.other}; connect-src 'self'; default-src 'self'; frame-src ${world.other}; style-src 'unsafe-inline'`;

test('a policy without wasm-unsafe-eval: the fallback brings the winner through the ad server', async () => {
  const view = await world.visit({ reply, nonce: 'abc', csp: strict("'self'") });
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.bidder, rendered.cpm, rendered.source], ['delta', 2, 'header_bidding']);
  const failed = await view.has('error_raised');
  assert.deepEqual([failed.reason, failed.sdk_version], ['wasm_not_usable', 'fallback']);
  assert.equal((await view.has('slot_empty', 'side')).reason, 'ad_server_empty');
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('a policy with wasm-unsafe-eval: the SDK runs, its frames too', async () => {
  const csp = `script-src 'nonce-abc' 'self' 'wasm-unsafe-eval'; connect-src 'self'; default-src 'self'; style-src 'unsafe-inline'`;
  const view = await world.visit({
    direct: true,
    nonce: 'abc',
    csp,
    reply: answer(winner('top', 'delta', 2, 'ad-1', { adm: '<p id=ad>plain</p>' })),
  });
  assert.notEqual((await view.has('ad_rendered', 'top')).sdk_version, 'fallback');
  assert.deepEqual(view.errors, []);
  await view.close();
});

for (const [what, options, reason] of [
  ['sdk.js is missing', { missing: ['sdk.js'] }, 'sdk_not_loaded'],
  ['sdk.wasm is missing', { missing: ['sdk.wasm'] }, 'wasm_not_usable'],
  ['sdk.wasm has the wrong type', { types: { 'sdk.wasm': 'text/plain' } }, 'wasm_not_usable'],
  ['sdk.js has the wrong type', { types: { 'sdk.js': 'text/html' } }, 'sdk_not_loaded'],
]) {
  test(`${what}: the fallback renders`, async () => {
    for (const direct of [true, false]) {
      const view = await world.visit({ reply, direct, ...options });
      assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
      assert.equal((await view.has('error_raised')).reason, reason);
      assert.deepEqual(view.errors.filter(blocked), []);
      await view.close();
    }
  });
}

// The creative's request reaches the page when the fallback has begun, but has not yet read what the ad server reported before.
function askInBetween() {
  const { setTimeout } = window;
  let asked, replay;
  const meet = () => {
    if (!asked || !replay) return;
    const { data, source, origin, ports } = asked;
    dispatchEvent(new MessageEvent('message', { data, source, origin, ports: [...ports] }));
    setTimeout(replay);
  };
  addEventListener('message', (event) => {
    if (asked || !String(event.data).includes('Prebid Request')) return;
    event.stopImmediatePropagation();
    asked = event;
    meet();
  });
  window.setTimeout = (call, after, ...values) => {
    if (replay || after !== undefined || !new Error().stack.includes('fallback.js')) return setTimeout(call, after, ...values);
    replay = call;
    return setTimeout(meet);
  };
}

test('a creative asks before the fallback has read the reports: its bid is still the one of its slot', async () => {
  const view = await world.visit({ reply, missing: ['sdk.wasm'], before: askInBetween });
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.bidder, rendered.refresh_no], ['delta', 0]);
  await view.close();
});

test('nothing of ours loads: the failsafe sends the ad server off without bids', async () => {
  const view = await world.visit({ reply, missing: ['sdk.js', 'sdk.wasm', 'fallback.js'], config: { failsafe: 300 } });
  const requested = () => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
  await until(async () => (await requested()).length, 'a refresh');
  assert.deepEqual(await requested(), [{ refresh: ['top', 'side'] }]);
  assert.deepEqual(view.errors.filter(blocked), []);
  await view.close();
});

test('no answer and no SDK: the fallback keeps to the failsafe', async () => {
  const view = await world.visit({ reply: 'never', missing: ['sdk.wasm'], holdFailsafe: true });
  await taken(view);
  await view.timeIsUp();
  assert.equal((await view.has('ad_rendered', 'top')).source, 'house');
  await view.has('auction_timed_out');
  await view.close();
});

for (const [what, configText] of [
  ['no JSON', '{"slots":'],
  ['without slots', '{"sdkUrl":"/x/"}'],
  ['null', 'null'],
]) {
  test(`a page config that is ${what} leaves the page alone`, async () => {
    const view = await world.visit({
      configText,
      direct: true,
      body: '<p id=end>end</p><script>window.after = earlybid.cmd.push(() => {})</script>',
    });
    assert.equal(await view.page.evaluate(() => window.after), 1);
    assert.deepEqual(view.errors.filter(blocked), []);
    await view.close();
  });
}

test('a prerendered page asks for nothing until it is shown', async () => {
  const view = await world.visit({
    reply,
    before: () => {
      let prerendering = true;
      Object.defineProperty(document, 'prerendering', { get: () => prerendering });
      window.activate = () => {
        prerendering = false;
        document.dispatchEvent(new Event('prerenderingchange'));
      };
    },
  });
  assert.deepEqual(
    view.paths.filter((path) => path !== 'page' && path !== 'favicon.ico'),
    [],
  );
  await view.page.evaluate(() => window.activate());
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal(view.auctions.length, 1);
  await view.close();
});

test('the loader may be in the page twice', async () => {
  const view = await world.visit({ reply, open: false });
  const { readFile } = await import('node:fs/promises');
  const folder = process.env.EARLYBID_SDK_DIR || new URL('../../../target/sdk', import.meta.url).pathname;
  view.options.head = `<script>${await readFile(`${folder}/loader.js`, 'utf8')}</script>`;
  await view.open();
  await view.has('ad_rendered', 'top');
  assert.equal(view.auctions.length, 1);
  await view.close();
});
