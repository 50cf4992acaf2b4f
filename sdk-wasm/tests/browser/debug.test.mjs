// The debug overlay: what it shows, that it moves nothing, and that it goes away.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = {
  ...answer(winner('top', 'delta', 2, 'ad-1'), winner('top', 'beta', 1.2, 'ad-2')),
  ext: {
    seatnonbid: [
      {
        seat: 'alpha',
        nonbid: [
          { impid: 'top', statuscode: 301 },
          { impid: 'side', statuscode: 101 },
        ],
      },
    ],
  },
};
reply.seatbid[1].bid[0].ext.prebid.targeting = {};

// EARLYBID_SCREENSHOTS names a folder for pictures of what is tested.
const picture = async (view, name) => {
  if (!process.env.EARLYBID_SCREENSHOTS) return;
  mkdirSync(process.env.EARLYBID_SCREENSHOTS, { recursive: true });
  await view.page.screenshot({ path: `${process.env.EARLYBID_SCREENSHOTS}/${name}.png` });
};

const visit = async (options) => {
  const view = await world.visit({ reply, open: false, ...options });
  view.url += '?earlybid_debug=1';
  await view.open();
  view.overlay = view.page.locator('earlybid-debug');
  await view.overlay.getByRole('tablist').waitFor();
  view.tab = (name) => view.overlay.getByRole('tab', { name }).click();
  view.text = () => view.overlay.getByRole('tabpanel').first().innerText();
  view.shows = async (text) => {
    let seen;
    await until(async () => (seen = await view.text()).search(text) >= 0, text).catch((error) =>
      assert.fail(`${error.message}, saw: ${seen}`),
    );
  };
  return view;
};

test('slots, timeline and bids of a page with an ad server', async () => {
  const view = await visit({ config: { privacy: undefined } });
  await view.has('ad_viewable', 'top');
  await view.shows('viewable');
  await picture(view, 'debug-slots');
  assert.match(await view.text(), /top\s+viewable\s+delta\s+2 USD\s+300x250/);
  assert.match(await view.text(), /side\s+no ad\s+ad server empty/);
  await view.tab('Timeline');
  await view.shows('viewable');
  for (const word of ['SDK ready', 'Auction 1', 'first byte', 'ad server asked', 'key-values']) await view.shows(word);
  await picture(view, 'debug-timeline');
  await view.tab('Bids');
  await view.shows('below the floor');
  assert.match(await view.text(), /top\s+delta\s+2 USD\s+300x250\s+shown/);
  assert.match(await view.text(), /top\s+beta\s+1.2 USD\s+300x250\s+lost to a better bid/);
  assert.match(await view.text(), /side\s+alpha\s+too late/);
  await picture(view, 'debug-bids');
  const marks = await view.overlay.evaluate((host) =>
    [...host.shadowRoot.querySelectorAll('.frame')].map((mark) => {
      const { left, top, width } = mark.getBoundingClientRect();
      return [mark.textContent, left, top, width];
    }),
  );
  const places = await view.page.evaluate(() =>
    ['top', 'side'].map((id) => {
      const { left, top, width } = document.getElementById(id).getBoundingClientRect();
      return [left, top, width];
    }),
  );
  assert.deepEqual(
    marks.map(([, ...place]) => place),
    places,
  );
  assert.match(marks[0][0], /top · viewable · delta · 300x250/);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('it moves nothing, is closed by a key, and leaves nothing behind', async () => {
  const view = await visit({ direct: true, body: '<p>Words to paint.</p>' });
  await view.has('ad_rendered', 'top');
  // After a second on screen it is viewable.
  await view.shows(/ad shown|viewable/);
  const shifts = await view.page.evaluate(
    () =>
      new Promise((done) => {
        new PerformanceObserver((list) =>
          done(list.getEntries().filter(({ sources }) => sources.some(({ node }) => node && /earlybid/i.test(node.nodeName))).length),
        ).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(0), 300);
      }),
  );
  assert.equal(shifts, 0);
  const wide = await view.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide[0] <= wide[1]);
  await view.overlay.getByRole('tab', { name: 'Slots' }).focus();
  await view.page.keyboard.press('ArrowRight');
  assert.equal(await view.overlay.getByRole('tab', { name: 'Timeline' }).getAttribute('aria-selected'), 'true');
  await view.overlay.getByRole('button', { name: 'Fold' }).click();
  assert.equal(await view.overlay.getByRole('button', { name: 'Unfold' }).getAttribute('aria-expanded'), 'false');
  await view.overlay.getByRole('button', { name: 'Unfold' }).click();
  await view.overlay.getByRole('tab', { name: 'Slots' }).focus();
  await view.page.keyboard.press('Escape');
  assert.equal(await view.page.locator('earlybid-debug').count(), 0);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('faults of the page are named', async () => {
  const view = await visit({
    config: {
      failsafe: 200,
      tmax: 900,
      slots: [
        { code: 'top', adUnitPath: '/1/top', sizes: [[300, 250]], storedImp: 'home-top' },
        { code: 'nowhere', sizes: [[300, 250]], storedImp: 'home-top' },
        { code: 'flat', sizes: [[300, 250]], storedImp: 'home-top' },
      ],
    },
    reply: () => new Promise((resume) => setTimeout(() => resume(reply), 500)),
    first: '<link rel="stylesheet" href="missing.css">',
    body: '<div id="flat"></div><div data-earlybid-slot="{no json"></div><script src="sdk/loader.js"></script>',
  });
  await view.tab(/Warnings/);
  await view.shows('nowhere has no element');
  for (const text of [
    'flat keeps no space free',
    'The loader is in the page more than once',
    'A stylesheet stands before the loader',
    'failsafe is shorter than tmax',
    'An auction took too long',
    'The ad server does not know flat',
    'data-earlybid-slot of an element is no JSON',
  ])
    await view.shows(text);
  await picture(view, 'debug-warnings');
  assert.ok(!(await view.text()).includes('top keeps no space'));
  await view.close();
});

test('consent that comes late is a warning', async () => {
  const view = await visit({
    direct: true,
    loader: 'loader-consent.js',
    config: { privacy: { apis: ['tcf'] } },
    before: `window.__tcfapi = (command, version, heard) => setTimeout(() => heard({ gdprApplies: true, tcString: 'CQ', eventStatus: 'tcloaded', purpose: { consents: { 1: true } } }, true), 600);`,
  });
  await view.tab(/Warnings/);
  await view.shows('Consent came late');
  await view.close();
});

test('it works under a policy without inline styles, and is not loaded without being asked for', async () => {
  const view = await visit({
    direct: true,
    nonce: 'n1',
    csp: "default-src 'none'; script-src 'nonce-n1' 'self' 'wasm-unsafe-eval'; style-src 'nonce-n1'; style-src-attr 'unsafe-inline'; connect-src 'self'; frame-src 'self'; img-src *",
  });
  await view.has('ad_rendered', 'top');
  const box = await view.overlay.getByRole('tablist').boundingBox();
  assert.ok(box.x > 400 && box.y > 300, JSON.stringify(box));
  await view.close();
  const plain = await world.visit({ reply, direct: true });
  await plain.has('ad_rendered', 'top');
  assert.ok(!plain.paths.includes('sdk/debug.js'));
  await plain.close();
});
