// The publisher's own ad, from the bid server's line item to the table: nobody else bids, the SDK shows it from its
// parts, and those who want to hear of it are called.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startBrowser } from './lib/browser.mjs';
import { PAGES, firstRecipe, pageUrl } from './lib/site.mjs';
import { SITE, rows, setFaults } from './lib/stack.mjs';
import { viewPage } from './lib/view.mjs';

// One pixel.
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==', 'base64');

let browser;
let slug;
before(async () => {
  browser = await startBrowser();
  slug = await firstRecipe(SITE);
});
after(() => browser?.close());

test('a house ad of picture, words and address is shown, counted and delivered', async () => {
  await setFaults('hang');
  try {
    const called = [];
    const view = await viewPage(browser, {
      url: pageUrl(SITE, 'early', 'recipe', slug, 'direct=1'),
      slots: PAGES.recipe.slots,
      prepare: async (page) => {
        await page.route('https://shop.example/**', (route) => route.fulfill({ contentType: 'image/png', body: PICTURE }));
        await page.route('https://count.example/**', (route) => {
          called.push(new URL(route.request().url()).pathname);
          return route.fulfill({ status: 204 });
        });
      },
      inspect: async (page) => {
        const [frame] = await Promise.all(
          page
            .frames()
            .slice(1)
            .map(async (one) => ((await one.$('p').catch(() => null)) ? one : null)),
        ).then((found) => found.filter(Boolean));
        const shown = await frame.evaluate(() => {
          const { href, target } = document.querySelector('a');
          return { href, target, text: document.querySelector('p').innerText, picture: document.querySelector('img').alt };
        });
        const opened = page.context().waitForEvent('page');
        await frame.click('p');
        await (await opened).close();
        return shown;
      },
    });
    assert.deepEqual(view.inspected, { href: 'https://shop.example/', target: '_blank', text: 'Sharp <for> years', picture: 'Knives' });
    const ad = view.events.find(({ event, slot }) => event === 'ad_rendered' && slot === 'div-side');
    assert.deepEqual([ad.bidder, ad.source, ad.cpm, ad.creative_size], ['house', 'house', 0.2, '300x250']);
    assert.deepEqual(called, [`/shown/${ad.auction_id}`, '/clicked']);
    assert.deepEqual(view.pageErrors, []);
    const delivered = await rows(
      `SELECT creative_id, slot, wins, rendered, won_cpm FROM house_delivery
       WHERE line_item = 'autumn-knives' AND slot = 'div-side' AND rendered > 0`,
      1,
    );
    assert.deepEqual(
      delivered.map(({ creative_id, slot, wins, rendered }) => [creative_id, slot, wins >= rendered]),
      [['knives-300', 'div-side', true]],
    );
  } finally {
    await setFaults('none');
  }
});
