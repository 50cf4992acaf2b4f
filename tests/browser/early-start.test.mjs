// An auction that the page's server has named before the page's own script runs: `GET /openrtb2/auction` of the bid
// server, asked for by a preload in the markup or in a `Link` header, beside a 103 that names the SDK. It is asked
// once, and the answer is used.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startLastingBrowser } from './lib/browser.mjs';
import { startHintedSite } from './lib/hinted-site.mjs';
import { needed } from './lib/needed.mjs';

const AUCTION = '/ads/auction?srid=recipe-page&tmax=5000';
const SDK = process.env.EARLYBID_SDK_DIR || fileURLToPath(new URL('../../target/sdk', import.meta.url));
let site;
let profile;
let browser;
before(async () => {
  site = await startHintedSite(needed('EARLYBID_BID_SERVER'));
});
after(() => site.stop());

const markup = async (first, credentials) => {
  const config = {
    account: 'recipes',
    auctionUrl: '/ads/auction',
    auctionGetUrl: AUCTION,
    eventsUrl: '/events',
    sdkUrl: '/earlybid/',
    failsafe: 60000,
    credentials,
    slots: [{ code: 'div-top', sizes: [[728, 90]] }],
  };
  const loader = await readFile(join(SDK, 'loader.js'), 'utf8');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>page</title>${first}
    <script type="application/json" id="earlybid-config">${JSON.stringify(config)}</script><script>${loader}</script></head>
    <body><div id="div-top" style="min-height:90px"></div></body></html>`;
};

/** Opens the page with an empty cache and waits for its ad. */
async function visit(page) {
  Object.assign(site, { asked: [], events: [], page });
  const before = await auctions();
  profile = await mkdtemp(join(tmpdir(), 'earlybid-'));
  browser = await startLastingBrowser(profile, [site.trust]);
  try {
    const tab = await browser.newPage();
    const errors = [];
    tab.on('pageerror', (error) => errors.push(String(error)));
    await tab.goto(`${site.url}/page`);
    const end = Date.now() + 60_000;
    while (!site.events.some(({ event }) => event === 'ad_rendered')) {
      if (Date.now() > end) throw new Error(`no ad: ${site.asked.join(' ')} ${JSON.stringify(site.events)}`);
      await tab.evaluate(() => window.earlybid?.flush?.());
      await pause(50);
    }
    assert.deepEqual(errors, []);
    return { held: (await auctions()) - before };
  } finally {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** How many auctions the bid server has held. Nobody else asks it meanwhile. */
async function auctions() {
  const answer = await fetch(needed('EARLYBID_BID_SERVER_METRICS'));
  const lines = (await answer.text()).split('\n').filter((line) => /^bid_server_auctions_total[ {]/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
}

const times = (path) => site.asked.filter((asked) => asked === path).length;

for (const [what, crossorigin, credentials] of [
  ['with credentials', 'use-credentials', undefined],
  ['without', 'anonymous', false],
]) {
  test(`a preload in the markup, ${what}: one auction, and its bid is shown`, async () => {
    const { held } = await visit({
      html: await markup(`<link rel="preload" as="fetch" crossorigin="${crossorigin}" href="${AUCTION}">`, credentials),
    });
    assert.equal(held, 1);
    assert.equal(times(AUCTION), 1);
    assert.equal(site.events.find(({ event }) => event === 'ad_rendered').bidder, 'delta');
  });

  test(`a Link header, ${what}: one auction, and its bid is shown`, async () => {
    const { held } = await visit({
      html: await markup('', credentials),
      link: [`<${AUCTION}>; rel=preload; as=fetch; crossorigin=${crossorigin}`],
    });
    assert.equal(held, 1);
    assert.equal(times(AUCTION), 1);
    assert.equal(site.events.find(({ event }) => event === 'ad_rendered').bidder, 'delta');
  });
}

test('a preload that does not fit the request costs a second auction: the attribute has to be right', async () => {
  const { held } = await visit({ html: await markup(`<link rel="preload" as="fetch" crossorigin="anonymous" href="${AUCTION}">`, true) });
  assert.equal(held, 2);
});

test('a 103 names the SDK, the answer the auction: each is fetched once, the SDK before the page is there', async () => {
  const page = {
    html: await markup('', undefined),
    hints: ['</earlybid/sdk.js>; rel=modulepreload', '</earlybid/sdk.wasm>; rel=preload; as=fetch; crossorigin'],
    link: [`<${AUCTION}>; rel=preload; as=fetch; crossorigin=use-credentials`],
  };
  // Chromium passes over about one 103 in five; even then nothing is fetched twice.
  for (let visits = 1; ; visits += 1) {
    const { held } = await visit(page);
    assert.equal(held, 1);
    assert.deepEqual(['/earlybid/sdk.js', '/earlybid/sdk.wasm', AUCTION].map(times), [1, 1, 1]);
    if (site.hinted.includes('/earlybid/sdk.wasm')) return;
    assert.ok(visits < 10, 'no 103 was used');
  }
});
