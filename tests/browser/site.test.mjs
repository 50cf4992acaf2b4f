// The start page of the demo site.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { screenshot } from './lib/ads.mjs';
import { startBrowser } from './lib/browser.mjs';
import { openPlainPage } from './lib/plain-page.mjs';
import { VARIANTS } from './lib/site.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

test('the start page leads to every variant', async () => {
  const links = await openPlainPage(browser, '/', async (page) => {
    await screenshot(page, 'start');
    return page.$$eval('a[href]', (anchors) => anchors.map((anchor) => anchor.getAttribute('href')));
  });
  for (const variant of VARIANTS) assert.ok(links.includes(`/${variant}/`), `${variant}: ${links}`);
});
