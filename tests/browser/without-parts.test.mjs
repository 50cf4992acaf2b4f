// Pages of Earlybid with a part of it missing: the page works, with ads or without.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { creatives, screenshot, texts } from './lib/ads.mjs';
import { startBrowser } from './lib/browser.mjs';
import { checkOrder } from './lib/order.mjs';
import { collectShifts, shifts } from './lib/shifts.mjs';
import { PAGES, VARIANTS, firstRecipe, pageUrl } from './lib/site.mjs';
import { SITE, SITE_WITHOUT_BID_SERVER, setFaults } from './lib/stack.mjs';
import { viewPage } from './lib/view.mjs';

let browser;
let slug;
before(async () => {
  browser = await startBrowser();
  slug = await firstRecipe(SITE);
});
after(() => browser?.close());

const { slots } = PAGES.recipe;

test('without an ad server, the SDK renders the winners itself', async () => {
  const view = await viewPage(browser, {
    url: pageUrl(SITE, 'early', 'recipe', slug, 'direct=1'),
    slots,
    prepare: collectShifts,
    inspect: async (page) => {
      const inspected = { ads: await creatives(page), shifts: await shifts(page) };
      await screenshot(page, 'early-recipe-direct');
      return inspected;
    },
  });
  for (const slot of slots) assert.equal(view.inspected.ads[slot]?.ssp, 'delta', slot);
  assert.deepEqual(view.inspected.shifts, []);
  assert.deepEqual(view.pageErrors, []);
  assert.deepEqual(view.consoleErrors, []);
  checkOrder(view.events, slots);
  const names = new Set(view.events.map(({ event }) => event));
  assert.ok(!names.has('ad_server_requested'), 'no ad server was asked');
});

for (const query of ['csp=no-wasm', 'csp=no-wasm&direct=1']) {
  test(`where WebAssembly is forbidden, ads or empty slots and no error (${query})`, async () => {
    const view = await viewPage(browser, {
      url: pageUrl(SITE, 'early', 'recipe', slug, query),
      slots,
      inspect: (page) => screenshot(page, `early-recipe-${query.replace(/[^a-z0-9]+/g, '-')}`),
    });
    assert.deepEqual(view.pageErrors, []);
    // Chromium itself notes that the policy was kept; anything else would be ours.
    const ours = view.consoleErrors.filter((text) => !text.includes('Content Security Policy'));
    assert.deepEqual(ours, []);
    assert.ok(view.complete, JSON.stringify(view.events));
  });
}

for (const variant of VARIANTS) {
  test(`without a bid server, the ${variant} page shows other ads`, async () => {
    const view = await viewPage(browser, {
      url: pageUrl(SITE_WITHOUT_BID_SERVER, variant, 'recipe', slug),
      slots,
      inspect: async (page) => {
        const inspected = await texts(page);
        await screenshot(page, `${variant}-recipe-without-bid-server`);
        return inspected;
      },
    });
    assert.ok(view.complete, JSON.stringify(view.events));
    assert.deepEqual(view.pageErrors, []);
    const ads = view.events.filter(({ event }) => event === 'ad_rendered');
    assert.deepEqual(ads.map(({ slot }) => slot).sort(), [...slots].sort());
    // The waterfall does not need the bid server: its networks still sell.
    const source = variant === 'waterfall' ? 'network' : 'house';
    assert.ok(
      ads.every((ad) => ad.source === source),
      JSON.stringify(ads),
    );
    for (const slot of slots) assert.ok(view.inspected[slot], `${slot} shows nothing`);
  });
}

test('with every SSP hanging, the early page shows house ads after the deadline', async () => {
  await setFaults('hang');
  try {
    const view = await viewPage(browser, { url: pageUrl(SITE, 'early', 'recipe', slug), slots });
    assert.ok(view.complete, JSON.stringify(view.events));
    assert.deepEqual(view.pageErrors, []);
    assert.deepEqual(view.consoleErrors, []);
    const ads = view.events.filter(({ event }) => event === 'ad_rendered');
    assert.deepEqual(
      ads.map(({ source }) => source),
      slots.map(() => 'house'),
    );
  } finally {
    await setFaults('none');
  }
});

for (const variant of VARIANTS) {
  test(`without log-ingest, the ${variant} page shows its ads as before`, async () => {
    const view = await viewPage(browser, {
      url: pageUrl(SITE, variant, 'recipe', slug),
      slots,
      prepare: (page) => page.route('**/ads.render', (route) => route.abort('connectionrefused')),
      inspect: creatives,
    });
    const winner = variant === 'waterfall' ? 'beta' : 'delta';
    for (const slot of slots) assert.equal(view.inspected[slot]?.ssp, winner, slot);
    assert.deepEqual(view.pageErrors, []);
  });
}
