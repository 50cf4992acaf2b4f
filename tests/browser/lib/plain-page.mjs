// Pages of the demo site without ads.

import assert from 'node:assert/strict';

import { freshContext } from './browser.mjs';
import { SITE } from './stack.mjs';

/** Opens one; nothing may be wrong with it. */
export async function openPlainPage(browser, path, inspect) {
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
