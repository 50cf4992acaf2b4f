// Each variant of each kind of page, as a visitor meets it: ads in all slots, nothing broken
// in the console, no jump of the layout, and events that report it in order; and the comparison that the site draws of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { creatives, screenshot } from './lib/ads.mjs';
import { startBrowser } from './lib/browser.mjs';
import { checkOrder } from './lib/order.mjs';
import { openPlainPage } from './lib/plain-page.mjs';
import { collectShifts, shifts } from './lib/shifts.mjs';
import { PAGES, VARIANTS, firstRecipe, pageUrl } from './lib/site.mjs';
import { SITE, rows } from './lib/stack.mjs';
import { viewPage } from './lib/view.mjs';

let browser;
let slug;
// The views of the home page, for the comparison.
const homes = [];
before(async () => {
  browser = await startBrowser();
  slug = await firstRecipe(SITE);
});
after(() => browser?.close());

for (const variant of VARIANTS) {
  for (const [kind, { slots }] of Object.entries(PAGES)) {
    test(`${variant} ${kind}`, async (t) => {
      const view = await viewPage(browser, {
        url: pageUrl(SITE, variant, kind, slug),
        slots,
        prepare: collectShifts,
        inspect: async (page) => {
          const inspected = {
            ads: await creatives(page),
            shifts: await shifts(page),
            prebid: await page.evaluate(() => globalThis.pbjs?.version),
          };
          await screenshot(page, `${variant}-${kind}`);
          return inspected;
        },
      });
      const { ads, shifts: shifted, prebid } = view.inspected;
      assert.ok(view.complete, JSON.stringify(view.events));
      if (kind === 'home') homes.push({ variant, id: view.events[0].page_view_id });

      await t.test('shows the winner in each slot', () => {
        const winner = variant === 'waterfall' ? 'beta' : 'delta';
        const shown = Object.fromEntries(slots.map((slot) => [slot, ads[slot]?.ssp]));
        assert.deepEqual(shown, Object.fromEntries(slots.map((slot) => [slot, winner])));
        const rendered = view.events.filter(({ event }) => event === 'ad_rendered');
        assert.deepEqual(rendered.map(({ slot }) => slot).sort(), [...slots].sort());
        assert.ok(
          rendered.every(({ bidder }) => bidder === winner),
          JSON.stringify(rendered),
        );
      });
      await t.test('has nothing broken in the console', () => {
        assert.deepEqual(view.pageErrors, []);
        assert.deepEqual(view.consoleErrors, []);
        assert.deepEqual(view.failedRequests, []);
      });
      await t.test('does not jump', () => assert.deepEqual(shifted, []));
      await t.test('tells its events in order', () => checkOrder(view.events, slots));
      await t.test('says what it is', () => {
        for (const event of view.events) {
          assert.equal(event.variant, variant);
          assert.equal(event.page_type, kind);
        }
        // The prebid page is the real thing, and no other page has it.
        assert.equal(Boolean(prebid), variant === 'prebid');
      });
    });
  }
}

test('the comparison shows the variants side by side from the tables', async () => {
  assert.deepEqual(homes.map(({ variant }) => variant).sort(), [...VARIANTS].sort());
  for (const { id } of homes) {
    await rows(`SELECT event FROM render_events WHERE page_view_id = '${id}' AND event = 'ad_rendered'`, PAGES.home.slots.length);
  }
  const text = await openPlainPage(browser, '/compare', async (page) => {
    await screenshot(page, 'compare');
    return page.evaluate(() => document.body.innerText);
  });
  for (const name of ['Waterfall', 'Serial bidding', 'Prebid.js', 'Earlybid']) {
    assert.ok(text.includes(name), `${name} is missing`);
  }
  // Drawn from rows, so there are milliseconds to read.
  assert.match(text, /\d+(\.\d+)?\s*ms/);
});
