// The pages around the recipes: the start page, and the comparison drawn from the tables.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { screenshot } from './lib/ads.mjs';
import { freshContext, startBrowser } from './lib/browser.mjs';
import { PAGES, VARIANTS, pageUrl } from './lib/site.mjs';
import { SITE, rows } from './lib/stack.mjs';
import { viewPage } from './lib/view.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** Opens a page that has no ads and says what is wrong with it. */
async function open(path, inspect) {
  const context = await freshContext(browser);
  try {
    const page = await context.newPage();
    const wrong = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    const answer = await page.goto(new URL(path, SITE).href, { waitUntil: 'load' });
    assert.equal(answer.status(), 200);
    const inspected = await inspect(page);
    assert.deepEqual(wrong, []);
    return inspected;
  } finally {
    await context.close();
  }
}

test('the start page leads to every variant', async () => {
  const links = await open('/', async (page) => {
    await screenshot(page, 'start');
    return page.$$eval('a[href]', (anchors) => anchors.map((anchor) => anchor.getAttribute('href')));
  });
  for (const variant of VARIANTS) assert.ok(links.includes(`/${variant}/`), `${variant}: ${links}`);
});

test('the comparison shows the variants side by side from the tables', async () => {
  for (const variant of VARIANTS) {
    const view = await viewPage(browser, { url: pageUrl(SITE, variant, 'home'), slots: PAGES.home.slots });
    assert.ok(view.complete, JSON.stringify(view.events));
    const id = view.events[0].page_view_id;
    await rows(`SELECT event FROM render_events WHERE page_view_id = '${id}' AND event = 'ad_rendered'`, PAGES.home.slots.length);
  }
  const text = await open('/compare', async (page) => {
    await screenshot(page, 'compare');
    return page.evaluate(() => document.body.innerText);
  });
  for (const name of ['Waterfall', 'Serial bidding', 'Prebid.js', 'Earlybid']) {
    assert.ok(text.includes(name), `${name} is missing`);
  }
  // Drawn from rows, so there are milliseconds to read.
  assert.match(text, /\d+(\.\d+)?\s*ms/);
});
