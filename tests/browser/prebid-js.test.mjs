// The real Prebid.js against the bid server, as set up by a publisher who moved all bidding to a Prebid Server:
// nothing but the endpoint is ours.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { freshContext, startBrowser } from './lib/browser.mjs';
import { startBidServer } from './prebid/bid-server.mjs';
import { render, requestBids, startPages } from './prebid/page.mjs';
import { startSsp } from './prebid/ssp.mjs';

let browser;
let pages;
let server;
let ssp;

before(async () => {
  [browser, pages, ssp] = await Promise.all([startBrowser(), startPages(), startSsp()]);
  server = await startBidServer(`
[listen]
http = "127.0.0.1:0"
admin = "127.0.0.1:0"
[log_output]
enabled = false
[bidders.alpha]
endpoint = "${ssp.url}"
[stored_imps.stored-top]
bidfloor = 0.5
bidfloorcur = "USD"
banner = { format = [{ w = 728, h = 90 }] }
ext.prebid.bidder.alpha = { placement = "stored" }
`);
});
after(async () => {
  pages?.stop();
  ssp?.stop();
  await Promise.all([browser?.close(), server?.stop()]);
});

const NATIVE = {
  adTemplate: '<a class="test-native">##hb_native_asset_id_1##, by ##hb_native_asset_id_3##</a>',
  ortb: {
    ver: '1.2',
    assets: [
      { id: 1, required: 1, title: { len: 80 } },
      { id: 2, required: 1, img: { type: 3, w: 300, h: 250 } },
      { id: 3, data: { type: 1 } },
    ],
    eventtrackers: [{ event: 1, methods: [1] }],
  },
};
const BANNER = {
  sizes: [
    [300, 250],
    [300, 600],
  ],
};

const unit = (placement, mediaTypes, more = {}) => ({
  code: `div-${placement}`,
  mediaTypes,
  bids: [{ bidder: 'alpha', params: { placement } }],
  ...more,
});

/** Opens the page, runs an auction, and hands both to the test. */
async function withAuction(adUnit, inspect, { s2s = {}, debug = false } = {}) {
  const context = await freshContext(browser);
  try {
    const page = await context.newPage();
    const posts = [];
    page.on('request', (request) => {
      if (request.url().includes('/openrtb2/auction')) posts.push(request);
    });
    await page.goto(pages.url);
    const endpoint = `${server.url}/openrtb2/auction`;
    const s2sConfig = {
      accountId: 'publisher-1',
      enabled: true,
      adapter: 'prebidServer',
      bidders: ['alpha'],
      timeout: 4000,
      endpoint: { p1Consent: endpoint, noP1Consent: endpoint },
      ...s2s,
    };
    const result = await requestBids(page, { adUnits: [adUnit], s2sConfig, debug });
    await inspect({ page, posts, ...result, bid: result.bids[adUnit.code]?.[0], keys: result.targeting[adUnit.code] ?? {} });
  } finally {
    await context.close();
  }
}

/** The creative inside the frames of a rendered ad. */
async function creative(page, selector) {
  await page.locator('#ad').waitFor({ state: 'attached' });
  for (let left = 200; left > 0; left -= 1) {
    for (const frame of page.frames()) {
      const found = await frame.$(selector).catch(() => null);
      if (found) return found;
    }
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  throw new Error(`no ${selector} in any frame`);
}

test('a banner sells, and the Universal Creative shows it', async () => {
  await withAuction(unit('banner', { banner: BANNER }), async ({ page, bid, keys }) => {
    assert.equal(bid.cpm, 2.34);
    assert.equal(bid.mediaType, 'banner');
    assert.equal(bid.creativeId, 'creative-banner');
    assert.deepEqual([bid.width, bid.height], [300, 250]);
    assert.equal(keys.hb_bidder, 'alpha');
    assert.equal(keys.hb_pb, '2.30');
    assert.equal(keys.hb_size, '300x250');
    await render(page, pages.frame, {
      adId: keys.hb_adid,
      mediaType: 'banner',
      size: keys.hb_size,
      pubUrl: pages.url,
    });
    const ad = await creative(page, '.test-ad[data-placement="banner"]');
    assert.equal(await ad.getAttribute('data-price'), '2.34');
  });
});

test('the billing notice has its price filled in', async () => {
  await withAuction(unit('billing', { banner: BANNER }), async ({ page, keys }) => {
    await render(page, pages.frame, {
      adId: keys.hb_adid,
      mediaType: 'banner',
      size: keys.hb_size,
      pubUrl: pages.url,
    });
    const notice = await page.waitForRequest((request) => request.url().includes('/billed'));
    assert.match(notice.url(), /placement=billing&price=2\.34$/);
  });
});

test('a native ad sells, and shows its assets', async () => {
  await withAuction(unit('native', { native: NATIVE }), async ({ page, bid, keys }) => {
    assert.equal(bid.mediaType, 'native');
    assert.equal(bid.native.ortb.assets.find(({ id }) => id === 1).title.text, 'A pot that lasts');
    const [asked] = ssp.asked('native');
    const request = JSON.parse(asked.imp[0].native.request);
    assert.deepEqual(
      request.assets.map(({ id }) => id),
      [1, 2, 3],
    );
    await render(page, pages.frame, {
      adId: keys.hb_adid,
      mediaType: 'native',
      pubUrl: pages.url,
      requestAllAssets: true,
    });
    const ad = await creative(page, '.test-native');
    assert.equal(await ad.innerText(), 'A pot that lasts, by Potmaker');
  });
});

test('an ad unit of two media types takes either', async () => {
  const both = { banner: BANNER, native: NATIVE };
  await withAuction(unit('banner-of-two', both), async ({ bid }) => {
    assert.equal(bid.mediaType, 'banner');
    const [asked] = ssp.asked('banner-of-two');
    assert.ok(asked.imp[0].banner && asked.imp[0].native, 'one imp offers both');
  });
  await withAuction(unit('native-of-two', both), async ({ bid }) => {
    assert.equal(bid.mediaType, 'native');
  });
});

test('a deal keeps its id up to the key-values', async () => {
  const deal = unit(
    'deal',
    { banner: BANNER },
    {
      ortb2Imp: { pmp: { private_auction: 0, deals: [{ id: 'deal-7', bidfloor: 0.5, bidfloorcur: 'USD' }] } },
    },
  );
  await withAuction(deal, async ({ bid, keys }) => {
    assert.equal(bid.dealId, 'deal-7');
    assert.equal(keys.hb_deal, 'deal-7');
    assert.equal(ssp.asked('deal')[0].imp[0].pmp.deals[0].id, 'deal-7');
  });
});

test('debugging shows the calls to the SSPs', async () => {
  await withAuction(
    unit('debug', { banner: BANNER }),
    async ({ pbsExts }) => {
      const [call] = pbsExts[0].debug.httpcalls.alpha;
      assert.equal(call.status, 200);
      assert.equal(JSON.parse(call.requestbody).imp[0].ext.bidder.placement, 'debug');
      assert.equal(JSON.parse(call.responsebody).seatbid[0].bid[0].price, 2.34);
      assert.equal(pbsExts[0].debug.resolvedrequest.imp[0].id, 'div-debug');
    },
    { debug: true },
  );
});

test('a stored imp brings bidders and floor', async () => {
  const stored = {
    code: 'div-stored',
    mediaTypes: { banner: { sizes: [[728, 90]] } },
    ortb2Imp: { ext: { prebid: { storedrequest: { id: 'stored-top' } } } },
    bids: [{ module: 'pbsBidAdapter', params: {} }],
  };
  await withAuction(
    stored,
    async ({ bid, keys }) => {
      assert.equal(bid.bidderCode, 'alpha');
      assert.equal(keys.hb_size, '728x90');
      assert.equal(ssp.asked('stored')[0].imp[0].bidfloor, 0.5);
    },
    { s2s: { allowUnknownBidderCodes: true } },
  );
});

test('a compressed request without Content-Encoding is understood', async () => {
  await withAuction(
    unit('gzip', { banner: BANNER }),
    async ({ bid, posts }) => {
      assert.equal(bid.cpm, 2.34);
      const [post] = posts.filter((request) => request.method() === 'POST');
      assert.match(post.url(), /[?&]gzip=1/);
      assert.equal(post.headers()['content-encoding'], undefined);
    },
    { s2s: { endpointCompression: true } },
  );
});

test('what nobody buys ends at once, without an error', async () => {
  const video = unit('video', {
    video: { playerSize: [640, 480], mimes: ['video/mp4'], context: 'outstream', protocols: [2], playbackmethod: [2] },
  });
  await withAuction(video, async ({ bid, timedOut }) => {
    assert.equal(bid, undefined);
    assert.equal(timedOut, false);
  });
});
