// Pages on which something is blocked: by a policy, by a blocker of ads, by the network.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1', { adm: '<p id=ad>plain</p>' }));
const requests = (view) => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
// What the browser itself reports about what it has blocked is not an error of the page.
const ours = (view) =>
  view.errors.filter((error) => !/Failed to load|Content Security Policy|violates the following|ERR_|Failed to fetch/.test(error));
const loader = () => readFile(`${process.env.EARLYBID_SDK_DIR || new URL('../../../target/sdk', import.meta.url).pathname}/loader.js`);

test('a policy that names the hash of the loader', async () => {
  const hash = createHash('sha256')
    .update(await loader())
    .digest('base64');
  const view = await world.visit({
    direct: true,
    reply,
    csp: `script-src 'sha256-${hash}' 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'unsafe-inline'`,
  });
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.bidder, rendered.sdk_version === 'fallback'], ['delta', false]);
  await view.close();
});

test('a policy of strict-dynamic: the nonce alone lets everything run', async () => {
  const view = await world.visit({
    reply,
    nonce: 'abc',
    csp: `script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'`,
  });
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.deepEqual(view.errors, []);
  await view.close();
});

for (const [what, csp] of [
  ['asks for nothing', "connect-src 'none'"],
  ['lets no script of ours run but the loader', "script-src 'nonce-abc' OTHER; connect-src 'self'"],
  ['lets no image be called', "img-src 'none'; script-src 'nonce-abc' 'self' OTHER 'wasm-unsafe-eval'"],
]) {
  test(`a policy that ${what}: the ad server goes on, once`, async () => {
    const view = await world.visit({ reply, nonce: 'abc', csp: csp.replace('OTHER', world.other), config: { failsafe: 800 } });
    await until(async () => (await requests(view)).length, 'the ad server');
    assert.deepEqual(await requests(view), [{ refresh: ['top', 'side'] }]);
    assert.deepEqual(ours(view), []);
    await view.close();
  });
}

test('a policy that holds back the events costs the events and nothing else', async () => {
  const view = await world.visit({
    reply,
    open: false,
    nonce: 'abc',
    csp: `script-src 'nonce-abc' 'self' ${world.other} 'wasm-unsafe-eval'; connect-src 'self'`,
  });
  view.config.eventsUrl = `${world.other}/events`;
  await view.open();
  const shown = () => view.page.frames().some((frame) => frame.url().includes('/creative?'));
  await until(shown, 'the creative');
  assert.equal((await requests(view)).length, 1);
  assert.deepEqual(ours(view), []);
  await view.close();
});

for (const [what, pattern] of [
  ['the auction', '**/auction'],
  ['the SDK', '**/sdk/sdk.*'],
  ['everything of ours', '**/sdk/**'],
  ['the events', '**/events'],
]) {
  test(`a blocker that stops ${what}: the ad server goes on, once, and nothing is thrown`, async () => {
    const view = await world.visit({ reply, open: false, config: { failsafe: 800 } });
    await view.page.route(pattern, (route) => route.abort('blockedbyclient'));
    await view.open();
    await until(() => view.page.frames().some((frame) => /\/(creative|house)\?/.test(frame.url())), 'an ad');
    assert.deepEqual(await requests(view), [{ refresh: ['top', 'side'] }]);
    assert.deepEqual(ours(view), []);
    await view.close();
  });
}

test("a blocker that stops the ad server's script: no ads, no errors", async () => {
  const view = await world.visit({ reply, open: false, holdFailsafe: true });
  await view.page.route('**/gpt.js', (route) => route.abort('blockedbyclient'));
  await view.open();
  await view.has('bids_returned');
  await taken(view);
  await view.timeIsUp();
  assert.deepEqual(ours(view), []);
  await view.close();
});

test('a blocker that puts a library without any effect in the place of the ad server', async () => {
  const view = await world.visit({ reply, open: false, holdFailsafe: true });
  // Commands run, methods do nothing, and no event ever fires, as in the neutered libraries of blockers.
  const neutered = `(() => {
    const nothing = () => {};
    const service = new Proxy({}, { get: (all, name) => (name === 'getSlots' ? () => [] : name === 'addEventListener' ? () => service : nothing) });
    const slot = new Proxy({}, { get: (all, name) => (name === 'addService' ? () => slot : nothing) });
    const queued = (window.googletag = window.googletag || {}).cmd || [];
    Object.assign(window.googletag, { apiReady: true, pubadsReady: true, pubads: () => service, defineSlot: () => slot, display: nothing,
      enableServices: nothing, destroySlots: nothing, cmd: { push: (call) => (call(), 1) } });
    queued.forEach((call) => call());
  })();`;
  await view.page.route('**/gpt.js', (route) => route.fulfill({ contentType: 'text/javascript', body: neutered }));
  await view.open();
  await view.has('bids_returned');
  await until(() => view.page.evaluate(() => googletag.apiReady && earlybid.version), 'both');
  await view.timeIsUp();
  assert.deepEqual(ours(view), []);
  await view.close();
});

test('a page that lets no script get its address from a string is left alone', async () => {
  const view = await world.visit({
    reply,
    nonce: 'abc',
    config: { failsafe: 300 },
    csp: `script-src 'nonce-abc' 'self' ${world.other} 'wasm-unsafe-eval'; require-trusted-types-for 'script'`,
    head: `<script nonce="abc" src="${world.other}/gpt.js" async></script>`,
    open: false,
  });
  view.config.adServer = { type: 'gpt' };
  await view.open();
  await until(async () => (await requests(view)).length, 'the ad server');
  assert.deepEqual(await requests(view), [{ refresh: ['top', 'side'] }]);
  assert.deepEqual(
    view.errors.filter((error) => !/^This document requires/.test(error)),
    [],
  );
  await view.close();
});
