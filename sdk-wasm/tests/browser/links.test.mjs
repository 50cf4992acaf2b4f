// Pages whose headers name what they need, as the Rails helper writes them: everything is asked for once, and is used.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, winner } from './harness.mjs';
import { rails } from './rails.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));
const counted = (paths) => paths.reduce((counts, path) => ({ ...counts, [path]: (counts[path] || 0) + 1 }), {});

for (const [what, given] of [
  ['an ad server', {}],
  ['an ad server, without cookies', { credentials: false }],
  ['an ad server and a policy with a nonce', { nonce: 'r4nd0m+/=' }],
  ['no ad server', { direct: true }],
  ['no ad server, without cookies', { direct: true, credentials: false }],
  ['no ad server, the auction left to the loader', { direct: true, storedRequest: null }],
]) {
  test(`a page with Link headers and ${what}: one auction, and each file once`, async () => {
    const csp = given.nonce && `script-src 'nonce-${given.nonce}' 'wasm-unsafe-eval' ${world.other}`;
    const view = await world.visit({ reply, open: false, csp });
    const { link, html } = await rails(world, view, given);
    view.options.link = link;
    view.options.document = () => html;
    world.asked.length = 0;
    const unused = [];
    view.page.on('console', (message) => message.text().includes('preload') && unused.push(message.text()));
    await view.open();
    assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
    assert.deepEqual(
      view.auctions.map(({ method }) => method),
      [given.storedRequest === null ? 'POST' : 'GET'],
    );
    const asked = counted(view.paths);
    assert.deepEqual([asked.auction, asked['sdk/sdk.js'], asked['sdk/sdk.wasm']], [1, 1, 1]);
    if (!given.direct) assert.equal(counted(world.asked)['/gpt.js'], 1);
    assert.deepEqual([view.errors, unused], [[], []]);
    await view.close();
  });
}

test('what the headers name is on its way before the page has been read', async () => {
  let go;
  const rest = new Promise((resolve) => (go = resolve));
  const view = await world.visit({ reply, open: false });
  const { link, html } = await rails(world, view, {});
  Object.assign(view.options, { link, document: () => html, holdBody: rest });
  const opened = view.open();
  await view.arrived;
  assert.equal(view.auctions[0].url, `/${view.key}/auction?srid=home&tmax=700`);
  go();
  await opened;
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal(view.auctions.length, 1);
  await view.close();
});
