// Pages that the browser renders ahead of the visit, by speculation rules, and shows later.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';
import { openAlone } from './lone-browser.mjs';
import { rails } from './rails.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));

// Tells the server how far the page has come, and sends events without waiting for the five seconds.
const body = `<h1>Words to paint</h1><script>
  const say = (word) => fetch(word + '?' + new URLSearchParams({
    prerendering: document.prerendering, origin: performance.timeOrigin, activation: performance.getEntriesByType('navigation')[0].activationStart,
  }));
  addEventListener('load', () => say('told/loaded'));
  document.addEventListener('prerenderingchange', () => say('told/activated'));
  setInterval(() => window.earlybid.flush && earlybid.flush(), 50);
</script>`;

/** A visitor whose browser renders the page ahead of the visit, and who goes there when `go` is called. */
async function visitAhead({ prepare, ...options }) {
  const view = await world.visit({ reply, body, open: false, ...options });
  if (prepare) await prepare(view);
  const visit = { view, go: () => {} };
  const held = new Promise((resolve) => (visit.go = resolve));
  view.options.files = {
    first: `<!doctype html><title>first</title><script type="speculationrules">{"prerender":[{"source":"list","urls":["page"],"eagerness":"immediate"}]}</script>
      <script>fetch('go').then(() => (location.href = 'page'));</script>`,
    go: held.then(() => 'go'),
    'told/loaded': '',
    'told/activated': '',
  };
  visit.told = (word) => until(() => view.told[`told/${word}`], word);
  visit.close = await openAlone(view.url.replace(/page$/, 'first'));
  return visit;
}

for (const [what, direct] of [
  ['an ad server', false],
  ['no ad server', true],
]) {
  test(`a page that was rendered ahead, with ${what}: nothing is asked before it is shown, and one auction then`, async () => {
    const { view, go, told, close } = await visitAhead({ direct });
    try {
      assert.equal((await told('loaded')).prerendering, 'true');
      assert.deepEqual(view.purposes, ['prefetch;prerender']);
      // The document is there, with all of its scripts; none of them has asked for anything.
      assert.deepEqual(
        view.paths.filter((path) => path === 'auction' || path === 'events' || path.startsWith('sdk/')),
        [],
      );
      go();
      const { activation, origin } = await told('activated');
      assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
      assert.ok((await view.has('vital_measured')).value >= 0);
      assert.equal(view.auctions.length, 1);
      assert.equal(view.paths.filter((path) => path === 'page').length, 1);
      // Times are counted from the moment when the page was shown.
      const [began, loader] = ['page_started', 'loader_started'].map((name) => view.events.find(({ event }) => event === name));
      assert.ok(activation > 0);
      assert.deepEqual([began.elapsed_ms, loader.elapsed_ms], [0, 0]);
      // To the millisecond: both sides round.
      assert.ok(Math.abs(began.client_time - Number(origin) - Number(activation)) < 2, `${began.client_time} ${origin} ${activation}`);
      const requested = view.events.find(({ event }) => event === 'auction_requested');
      assert.ok(Math.abs(requested.client_time - began.client_time - requested.elapsed_ms) < 2);
      assert.ok(view.events.every(({ elapsed_ms: at }) => at >= 0));
      assert.equal(new Set(view.events.map(({ page_view_id: id }) => id)).size, 1);
    } finally {
      await close();
      await view.close();
    }
  });
}

test('a page of the Rails helper that was rendered ahead: its headers start the scripts, and nobody starts the auction before it is shown', async () => {
  const { view, go, told, close } = await visitAhead({
    prepare: async (view) => {
      const { link, html } = await rails(world, view, { purpose: 'prefetch;prerender' });
      Object.assign(view.options, { link, document: () => html.replace('</body>', `${body}</body>`) });
    },
  });
  try {
    assert.equal((await told('loaded')).prerendering, 'true');
    await until(() => view.paths.includes('sdk/sdk.js'), 'sdk.js, by the header');
    assert.equal(view.auctions.length, 0);
    go();
    await view.has('ad_rendered', 'top');
    assert.deepEqual(
      view.auctions.map(({ method }) => method),
      ['GET'],
    );
    assert.equal(view.paths.filter((path) => path === 'sdk/sdk.js').length, 1);
  } finally {
    await close();
    await view.close();
  }
});
