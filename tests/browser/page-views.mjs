// Drives real page views of the demo site and prints one JSON line for each.
//
//   node tests/browser/page-views.mjs --site http://127.0.0.1:3000 --views 5 --variants early,prebid
//
// The views of the variants take turns, and so do the kinds of page, so that no variant has
// the machine's quiet minutes to itself. Each view is a new visitor with an empty cache. The exit
// status is 1 if any page had an error of its own.

import { parseArgs } from 'node:util';

import { startBrowser } from './lib/browser.mjs';
import { PAGES, VARIANTS, firstRecipe, pageUrl } from './lib/site.mjs';
import { viewPage } from './lib/view.mjs';

const { values: options } = parseArgs({
  options: {
    site: { type: 'string', default: 'http://127.0.0.1:3000' },
    views: { type: 'string', default: '5' },
    variants: { type: 'string', default: VARIANTS.join(',') },
  },
});

const views = Number(options.views);
if (!Number.isInteger(views) || views < 1) throw new Error('--views must be a whole number above 0');
const variants = options.variants.split(',');
const kinds = Object.keys(PAGES);
const slug = await firstRecipe(options.site);

const browser = await startBrowser();
let broken = 0;
try {
  for (let number = 0; number < views; number += 1) {
    // Each round begins with another variant: the first page of a round has no advantage or drawback.
    for (let turn = 0; turn < variants.length; turn += 1) {
      const variant = variants[(number + turn) % variants.length];
      const kind = kinds[number % kinds.length];
      const url = pageUrl(options.site, variant, kind, slug);
      const view = await viewPage(browser, { url, slots: PAGES[kind].slots });
      if (view.pageErrors.length > 0) {
        broken += 1;
        console.error(`page error on ${url}:\n${view.pageErrors.join('\n')}`);
      }
      console.log(JSON.stringify(line(variant, kind, number + 1, url, view)));
    }
  }
} finally {
  await browser.close();
}
process.exitCode = broken > 0 ? 1 : 0;

function line(variant, page, view, url, { events, ...seen }) {
  const first = (name) => events.find(({ event }) => event === name)?.elapsed_ms;
  const ads = events
    .filter(({ event }) => event === 'ad_rendered' || event === 'slot_empty')
    .map(({ slot, event, bidder, cpm, creative_size, elapsed_ms }) => ({
      slot,
      event,
      bidder,
      cpm,
      creative_size,
      elapsed_ms,
    }));
  return {
    variant,
    page,
    view,
    url,
    page_view_id: events[0]?.page_view_id,
    complete: seen.complete,
    auction_requested_ms: first('auction_requested'),
    bids_returned_ms: first('bids_returned'),
    ad_rendered_ms: first('ad_rendered'),
    ads,
    page_errors: seen.pageErrors,
    console_errors: seen.consoleErrors,
    failed_requests: seen.failedRequests,
  };
}
