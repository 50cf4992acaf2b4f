// Pages that take markup and addresses of scripts from policies only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const base = () => `script-src 'nonce-abc' 'self' ${world.other} 'wasm-unsafe-eval'; require-trusted-types-for 'script'`;
const adm = `<p id=ad>plain</p><script nonce="abc">try { document.querySelector('#ad').innerHTML = '<b>ran</b>'; } catch (error) { /* Only where frames have no policy. */ }</script>`;
const reply = answer(winner('top', 'delta', 2, 'ad-1', { adm }));
const refreshes = (view) => view.page.evaluate(() => (window.gptLog || []).filter((entry) => entry.refresh));
const ours = (view) => view.errors.filter((error) => /TypeError|TrustedHTML|TrustedScriptURL/.test(error) && !/report-only/i.test(error));

for (const [what, names, head] of [
  ['any policy', '', ''],
  ['our policy by name', "; trusted-types earlybid default 'allow-duplicates'", ''],
  ['our policy, but none in frames', "; trusted-types earlybid 'allow-duplicates'", ''],
  [
    "the page's default policy and no other",
    '; trusted-types default',
    "<script nonce=abc>trustedTypes.createPolicy('default', { createHTML: (text) => text, createScriptURL: (text) => text, createScript: (text) => text });</script>",
  ],
  [
    'a default policy that takes scripts out of markup',
    '; trusted-types default',
    "<script nonce=abc>trustedTypes.createPolicy('default', { createHTML: (text) => text.replace(/<script[^]*?<\\/script>/g, ''), createScriptURL: (text) => text, createScript: (text) => text });</script>",
  ],
]) {
  test(`a winner is shown without an ad server where the page allows ${what}`, async () => {
    const view = await world.visit({ direct: true, reply, nonce: 'abc', csp: base() + names, first: head });
    await view.has('ad_rendered', 'top');
    const text = await until(async () => {
      for (const frame of view.page.frames().slice(1)) {
        const found = await frame.evaluate(() => document.querySelector('#ad') && document.querySelector('#ad').innerText).catch(() => '');
        if (found) return found;
      }
      return '';
    }, 'the ad');
    assert.match(text, /ran|plain/);
    assert.deepEqual(
      ours(view).filter((error) => /Uncaught|^TypeError/.test(error)),
      [],
    );
    await view.close();
  });
}

test('without any policy of ours the ad server is asked all the same, and nothing is thrown', async () => {
  const view = await world.visit({
    reply,
    nonce: 'abc',
    csp: `${base()}; trusted-types other`,
    config: { failsafe: 300 },
    head: `<script nonce="abc" src="${world.other}/gpt.js" async></script>`,
  });
  await until(async () => (await refreshes(view)).length, 'the ad server');
  assert.deepEqual(await refreshes(view), [{ refresh: ['top', 'side'] }]);
  assert.deepEqual(
    view.errors.filter((error) => /^TypeError/.test(error)),
    [],
  );
  await view.close();
});

test("with our policy the ad server's script is loaded, and its creatives get their markup", async () => {
  const view = await world.visit({ reply, nonce: 'abc', csp: `${base()}; trusted-types earlybid 'allow-duplicates'` });
  await view.has('ad_rendered', 'top');
  assert.deepEqual(await refreshes(view), [{ refresh: ['top', 'side'] }]);
  await view.close();
});

test('a page whose visitor refuses gets its ad server, by our policy', async () => {
  const config = { privacy: { mode: 'stop', apis: ['tcf'], cmpTimeout: 100 } };
  const view = await world.visit({
    loader: 'loader-consent.js',
    config,
    nonce: 'abc',
    csp: base() + "; trusted-types earlybid 'allow-duplicates'",
  });
  await until(async () => (await refreshes(view))[0], 'the ad server');
  assert.equal(view.auctions.length, 0);
  await view.close();
});
