// How early each design asks for bids, has key-values set, and shows an ad: real Chromium, networks and processors
// slowed down, cold and warm cache, designs taking turns. Prints rows as JSON.
//
//     node bench/browser/page-bench.mjs [--runs 9] [--page inline|chain] [--network 'Slow 4G'] [--cpu 4]

import { parseArgs } from 'node:util';

import { freshContext, startBrowser } from '../../tests/browser/lib/browser.mjs';
import { startSite } from './page-bench/site.mjs';
import { NETWORKS, slow } from './page-bench/slowed.mjs';
import { ratio, spread, text } from './page-bench/spread.mjs';

const CPUS = [1, 4];
const LIMIT_MS = 60_000;

/** Which designs run on which page, and what their figures are called. */
const COMPARED = {
  // The ad server's tag is in the page, so that nothing waits for it: how early the bids are used.
  inline: { designs: ['bare', 'earlybid', 'prebid', 'typical'], until: 'targeting' },
  // The ad server's tag is two scripts in a chain, as in production: when the first ad is seen.
  chain: { designs: ['bare-chain', 'earlybid', 'bare-direct', 'direct', 'prebid'], until: 'ad' },
};

const only = { type: 'string' };
const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, page: only, network: only, cpu: only },
});
const wanted = (compared, name) => Object.entries(compared).filter(([known]) => !name || known === name);
const runs = Number(options.runs);
const site = await startSite();
const browser = await startBrowser();
const rows = [];
for (const [kind, compared] of wanted(COMPARED, options.page)) {
  for (const [network, conditions] of wanted(NETWORKS, options.network)) {
    for (const cpu of CPUS.filter((rate) => !options.cpu || rate === Number(options.cpu))) {
      for (const [cache, measured] of Object.entries(await measure(kind, compared, conditions, cpu))) {
        rows.push({ page: kind, network, cpu: `${cpu}x`, cache, ...summary(kind, measured) });
        process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
      }
    }
  }
}
await browser.close();
site.stop();
console.log(JSON.stringify(rows));

async function measure(kind, { designs, until }, conditions, cpu) {
  const measured = { cold: empty(designs), warm: empty(designs) };
  for (let run = 0; run < runs; run += 1) {
    for (const design of designs) {
      const context = await freshContext(browser);
      try {
        for (const cache of ['cold', 'warm']) {
          measured[cache][design].push(await view(context, site.url(design, kind), until, conditions, cpu));
        }
      } finally {
        await context.close();
      }
    }
  }
  return measured;
}

function empty(designs) {
  return Object.fromEntries(designs.map((design) => [design, []]));
}

/** One page view in a window of its own; the cache is the context's. */
async function view(context, url, until, conditions, cpu) {
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    await slow(session, conditions, cpu);
    await page.goto(url, { waitUntil: 'commit', timeout: LIMIT_MS });
    await page.waitForFunction((name) => window.benchNotes?.[name], until, { timeout: LIMIT_MS, polling: 50 });
    return await page.evaluate(() => {
      const [request] = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/openrtb2/auction'));
      return { request: request.startTime, ...benchNotes };
    });
  } finally {
    await page.close();
  }
}

function summary(kind, measured) {
  const { designs } = COMPARED[kind];
  const of = (design, name) => spread(measured[design].map((one) => one[name]));
  if (kind === 'chain') {
    const [bare, earlybid, bareDirect, direct, prebid] = designs.map((design) => of(design, 'ad'));
    return {
      ad_bare: text(bare),
      ad_earlybid: text(earlybid),
      ad_prebid: text(prebid),
      ad_bare_direct: text(bareDirect),
      ad_direct: text(direct),
      bare_to_prebid: ratio(bare, prebid),
      bare_direct_to_prebid: ratio(bareDirect, prebid),
      ad_to_prebid: ratio(earlybid, prebid),
      direct_to_prebid: ratio(direct, prebid),
    };
  }
  const requests = Object.fromEntries(Object.keys(measured).map((design) => [design, of(design, 'request')]));
  const targeting = Object.fromEntries(Object.keys(measured).map((design) => [design, of(design, 'targeting')]));
  return {
    request_bare: text(requests.bare),
    request_earlybid: text(requests.earlybid),
    request_prebid: text(requests.prebid),
    request_typical: text(requests.typical),
    after_bare_ms: Math.round(requests.earlybid.median - requests.bare.median),
    targeting_bare: text(targeting.bare),
    targeting_earlybid: text(targeting.earlybid),
    targeting_prebid: text(targeting.prebid),
    targeting_typical: text(targeting.typical),
    prebid_to_earlybid: ratio(targeting.prebid, targeting.earlybid),
  };
}
