// The example that header bidding exists for. Floor 1.0; alpha bids 0.8, beta 1.2, delta 2.0.
// A waterfall in that order ends at beta; asked all at once, delta wins. Seen on the page and
// read back from the tables.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { creatives } from './lib/ads.mjs';
import { startBrowser } from './lib/browser.mjs';
import { PAGES, firstRecipe, pageUrl } from './lib/site.mjs';
import { SITE, rows } from './lib/stack.mjs';
import { viewPage } from './lib/view.mjs';

let browser;
let slug;
before(async () => {
  browser = await startBrowser();
  slug = await firstRecipe(SITE);
});
after(() => browser?.close());

for (const [variant, ssp, price, source] of [
  ['waterfall', 'beta', 1.2, 'network'],
  ['early', 'delta', 2, 'header_bidding'],
]) {
  test(`the ${variant} page shows ${ssp} at ${price}, and so says the table`, async () => {
    const { slots } = PAGES.recipe;
    const url = pageUrl(SITE, variant, 'recipe', slug);
    const view = await viewPage(browser, { url, slots, inspect: creatives });
    assert.ok(view.complete, JSON.stringify(view.events));
    for (const slot of slots) {
      const { ssp: shown, price: paid } = view.inspected[slot] ?? {};
      assert.deepEqual({ slot, shown, paid }, { slot, shown: ssp, paid: price });
    }

    const id = view.events[0].page_view_id;
    const stored = await rows(
      `SELECT slot, bidder, cpm, currency, source FROM render_events
       WHERE page_view_id = '${id}' AND event = 'ad_rendered' ORDER BY slot`,
      slots.length,
    );
    const expected = [...slots].sort().map((slot) => ({ slot, bidder: ssp, cpm: price, currency: 'USD', source }));
    assert.deepEqual(stored, expected);
  });
}

test('of one page view', async (t) => {
  const view = await viewPage(browser, { url: pageUrl(SITE, 'early', 'home'), slots: PAGES.home.slots });
  const id = view.events[0].page_view_id;

  await t.test('the steps and figures are in the table', async () => {
    const steps = [
      'config_read',
      'wasm_fetched',
      'wasm_compiled',
      'sdk_ready',
      'auction_first_byte',
      'auction_last_byte',
      'creative_loaded',
    ];
    const stored = await rows(
      `SELECT event, min(elapsed_ms) AS at FROM render_events
       WHERE page_view_id = '${id}' AND event IN (${steps.map((step) => `'${step}'`).join()}) GROUP BY event`,
      steps.length,
    );
    const at = Object.fromEntries(stored.map(({ event, at: time }) => [event, time]));
    assert.ok(at.wasm_fetched <= at.wasm_compiled && at.wasm_compiled <= at.sdk_ready, JSON.stringify(at));
    assert.ok(at.auction_first_byte <= at.auction_last_byte, JSON.stringify(at));
    // Reported when the page is left.
    const vitals = await rows(
      `SELECT metric, max(value) AS value, max(ad_share) AS ad_share, max(viewport_width) AS viewport_width FROM render_events
       WHERE page_view_id = '${id}' AND event = 'vital_measured' AND metric IN ('fcp', 'cls') GROUP BY metric ORDER BY metric`,
      2,
    );
    const [cls, fcp] = vitals;
    assert.ok(fcp.value > 0 && cls.value >= 0 && cls.value < 0.1, JSON.stringify(vitals));
    assert.ok(cls.ad_share >= 0 && cls.ad_share <= 1 && cls.viewport_width > 0, JSON.stringify(vitals));
  });

  await t.test('the bid server tells of the same auction', async () => {
    const stored = await rows(
      `SELECT DISTINCT b.bidder, b.outcome, b.cpm FROM bids b JOIN auctions a ON a.auction_id = b.auction_id
       WHERE a.page_view_id = '${id}' ORDER BY b.cpm`,
      3,
    );
    assert.deepEqual(stored, [
      { bidder: 'alpha', outcome: 'below_floor', cpm: 0.8 },
      { bidder: 'beta', outcome: 'outbid', cpm: 1.2 },
      { bidder: 'delta', outcome: 'won', cpm: 2 },
    ]);
    const joined = await rows(
      `SELECT DISTINCT a.auction_id FROM render_events r JOIN auctions a ON a.auction_id = r.auction_id
       WHERE r.page_view_id = '${id}'`,
      1,
    );
    assert.equal(joined.length, 1);
  });
});
