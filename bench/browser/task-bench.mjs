// How long the longest task of ours keeps a page from answering, on a processor that is slowed down. Prints rows as JSON.
//
//     node bench/browser/task-bench.mjs [--runs 9] [--cpu 4] [--network 'Slow 4G'] [--site ADDRESS --paths early/,early/?direct=1]
//
// It opens the article of page-bench.mjs or, with the address of a demo that runs, those pages of it.

import { parseArgs } from 'node:util';

import { freshContext, startBrowser } from '../../tests/browser/lib/browser.mjs';
import { startSite } from './page-bench/site.mjs';
import { NETWORKS, slow } from './page-bench/slowed.mjs';
import { spread, text } from './page-bench/spread.mjs';
import { longestOfOurs, nameOfLongest } from './page-bench/tasks.mjs';

/** What comes after the ads: their events, and what is measured of the page. */
const AFTERWARDS_MS = 2000;

const word = { type: 'string' };
const { values: options } = parseArgs({
  options: { runs: { ...word, default: '9' }, cpu: { ...word, default: '4' }, network: word, site: word, paths: word },
});
const site = options.site ? undefined : await startSite();
const pages = site
  ? { 'article, ad server': site.url('earlybid', 'chain'), 'article, direct': site.url('direct', 'chain') }
  : Object.fromEntries((options.paths ?? 'early/').split(',').map((path) => [path, new URL(path, options.site).href]));
const browser = await startBrowser();
const rows = [];
for (const network of options.network ? [options.network] : Object.keys(NETWORKS)) {
  const views = await opened(network);
  for (const cache of ['cold', 'warm']) {
    for (const page of Object.keys(pages)) rows.push(row({ page, network, cache }, views.get(`${page} ${cache}`)));
  }
}
await browser.close();
site?.stop();
console.log(JSON.stringify(rows));

/** Every page as often as wanted, in turns, with a cold cache and then a warm one. */
async function opened(network) {
  const views = new Map();
  for (let run = 0; run < Number(options.runs); run += 1) {
    for (const [name, address] of Object.entries(pages)) {
      const context = await freshContext(browser);
      for (const cache of ['cold', 'warm']) {
        const key = `${name} ${cache}`;
        views.set(key, [...(views.get(key) ?? []), await view(context, address, NETWORKS[network])]);
      }
      await context.close();
    }
  }
  return views;
}

async function view(context, address, conditions) {
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    await slow(session, conditions, Number(options.cpu));
    return await longestOfOurs(session, address, async () => {
      await page.goto(address, { waitUntil: 'load', timeout: 60_000 });
      await page.waitForFunction(() => window.earlybid?.version, undefined, { timeout: 60_000 });
      await page.waitForTimeout(AFTERWARDS_MS);
    });
  } finally {
    await page.close();
  }
}

function row(what, views) {
  const of = (name) => text(spread(views.map((one) => one[name])));
  const cpu = `${options.cpu}x`;
  const printed = {
    ...what,
    cpu,
    longest_task_processor_ms: of('processor'),
    longest_task_clock_ms: of('clock'),
    mostly: nameOfLongest(views),
  };
  process.stderr.write(`${JSON.stringify(printed)}\n`);
  return printed;
}
