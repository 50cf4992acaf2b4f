// A page written for Prebid.js with its server adapter, with the real library and with the layer in its place.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const pixel = (view, name) => `${world.site}/${view.key}/notice-${name}`;

// The page as its publisher wrote it; `script` is all that changes.
const page =
  (script, more = '') =>
  (_, view) =>
    `<!doctype html><html lang=en><head><meta charset=utf-8><title>page</title><script>
  var pbjs = pbjs || {}; pbjs.que = pbjs.que || [];
  var googletag = googletag || {}; googletag.cmd = googletag.cmd || [];
  window.seen = []; window.order = [];
  ${view.options.head || ''}
  googletag.cmd.push(() => {
    googletag.pubads().disableInitialLoad();
    for (const name of ['top', 'side']) googletag.defineSlot('/1/' + name, [[300, 250]], name);
    googletag.enableServices();
    googletag.display('top'); googletag.display('side');
  });
  var sent; const toAdServer = () => { if (sent) return; sent = 1; googletag.cmd.push(() => pbjs.que.push(() => { pbjs.setTargetingForGPTAsync(); googletag.pubads().refresh(); })); };
  pbjs.que.push(() => {
    order.push('first');
    for (const name of ['auctionInit', 'bidRequested', 'bidResponse', 'noBid', 'auctionEnd', 'setTargeting', 'bidWon', 'adRenderSucceeded', 'adRenderFailed', 'bidderError', 'bidTimeout'])
      pbjs.onEvent(name, () => seen.push(name));
    pbjs.setConfig({ bidderTimeout: ${view.options.timeout || 2000}, priceGranularity: 'medium', userSync: { syncEnabled: false },
      s2sConfig: { accountId: 'demo', enabled: true, bidders: ['delta', 'gamma'], adapter: 'prebidServer', timeout: 700,
        endpoint: { p1Consent: '${world.site}/${view.key}/auction', noP1Consent: '${world.site}/${view.key}/auction' },
        syncEndpoint: { p1Consent: '${world.site}/${view.key}/notice-sync', noP1Consent: '${world.site}/${view.key}/notice-sync' } } });
    pbjs.addAdUnits([
      { code: 'top', mediaTypes: { banner: { sizes: [[300, 250]] } }, bids: [{ bidder: 'delta', params: { p: 1 } }, { bidder: 'gamma', params: { p: 2 } }] },
      { code: 'side', mediaTypes: { banner: { sizes: [300, 250] } }, bids: [{ bidder: 'delta', params: { p: 3 } }] },
    ]);
    pbjs.requestBids({ bidsBackHandler: (bids, timedOut) => { window.back = { codes: Object.keys(bids || {}), timedOut: !!timedOut }; toAdServer(); } });
  });
  pbjs.que.push(() => order.push('second'));
  </script><script async src="${script}"></script><script async src="${world.other}/gpt.js"></script></head>
  <body><div id=top style="min-height:250px"></div><div id=side style="min-height:250px"></div>${more}</body></html>`;

const reply = () => answer(winner('top', 'delta', 2.37, 'ad-1'), winner('top', 'gamma', 1.1, 'ad-2'));
// Prebid.js sets key-values with the newer calls of GPT.
const visit = (script, options = {}) =>
  world.visit({ reply: reply(), document: page(script, options.body), before: () => (window.gptWithConfig = true), ...options });
const loaded = (view, name) => until(() => view.page.evaluate((wanted) => window.seen.includes(wanted), name), name);
const refreshed = (view, id) =>
  until(() => view.page.evaluate((slot) => (window.gptLog || []).find((entry) => entry.id === slot), id), `the request for ${id}`);
const libraries = { 'Prebid.js': 'prebid.js', 'the layer': 'sdk/pbjs.js' };

for (const [name, script] of Object.entries(libraries)) {
  test(`auction, key-values and Universal Creative with ${name}`, async () => {
    const view = await visit(script);
    await loaded(view, 'adRenderSucceeded');
    const { keys } = await refreshed(view, 'top');
    assert.deepEqual(
      [keys.hb_bidder, keys.hb_pb, keys.hb_size, keys.hb_format, keys.hb_pb_gamma, keys.hb_bidder_delta],
      ['delta', '2.30', '300x250', 'banner', '1.10', 'delta'],
    );
    assert.deepEqual(Object.keys((await refreshed(view, 'side')).keys), []);
    assert.deepEqual(await view.page.evaluate(() => [back, order]), [{ codes: ['top'], timedOut: false }, ['first', 'second']]);
    assert.deepEqual(await view.page.evaluate(() => seen), [
      'auctionInit',
      'bidRequested',
      'bidRequested',
      'bidResponse',
      'bidResponse',
      'noBid',
      'auctionEnd',
      'setTargeting',
      'bidWon',
      'adRenderSucceeded',
    ]);
    const [sent] = view.auctions;
    assert.match(sent.type, /^text\/plain/);
    assert.deepEqual(
      sent.body.imp.map((imp) => [imp.id, imp.banner.format, imp.ext.prebid.bidder]),
      [
        ['top', [{ w: 300, h: 250 }], { delta: { p: 1 }, gamma: { p: 2 } }],
        ['side', [{ w: 300, h: 250 }], { delta: { p: 3 } }],
      ],
    );
    assert.equal(sent.body.site.publisher.id, 'demo');
    const frame = await view.page.evaluate(() => {
      const found = document.querySelector('#top iframe');
      return [found.offsetWidth, found.offsetHeight];
    });
    assert.deepEqual(frame, [300, 250]);
    const state = await view.page.evaluate(() => ({
      won: pbjs.getAllWinningBids().map((bid) => [bid.bidderCode, bid.cpm, bid.width, bid.adUnitCode]),
      responses: pbjs
        .getBidResponsesForAdUnitCode('top')
        .bids.map((bid) => bid.bidder)
        .sort(),
      none: pbjs.getNoBidsForAdUnitCode('side').bids.map((bid) => bid.bidder),
      best: pbjs.getHighestCpmBids('top').map((bid) => bid.bidder),
      all: Object.keys(pbjs.getBidResponses()),
      events: pbjs.getEvents().some((event) => event.eventType === 'auctionEnd'),
      loaded: pbjs.libLoaded,
      version: typeof pbjs.version,
    }));
    assert.deepEqual(state, {
      won: [['delta', 2.37, 300, 'top']],
      responses: ['delta', 'gamma'],
      none: ['delta'],
      best: ['gamma'],
      all: ['top'],
      events: true,
      loaded: true,
      version: 'string',
    });
    await view.close();
  });

  test(`renderAd in a frame of the page with ${name}`, async () => {
    const view = await visit(script, { body: '<iframe id=own width=1 height=1></iframe>' });
    await loaded(view, 'setTargeting');
    const found = await view.page.evaluate(
      () =>
        new Promise((resolve) => {
          pbjs.onEvent(
            'adRenderSucceeded',
            ({ bid }) => bid.bidder === 'gamma' && resolve([bid.cpm, document.getElementById('own').width]),
          );
          pbjs.renderAd(
            document.getElementById('own').contentDocument,
            pbjs
              .getHighestCpmBids('top')
              .concat(pbjs.getBidResponsesForAdUnitCode('top').bids)
              .find((bid) => bid.bidder === 'gamma').adId,
          );
        }),
    );
    assert.deepEqual(found, [1.1, '300']);
    await view.close();
  });

  for (const [what, options, event] of [
    ['a server that fails', { status: 500 }, 'bidderError'],
    ['a server that is silent', { reply: 'never', timeout: 400 }, 'bidTimeout'],
  ]) {
    test(`${what} with ${name}: the ad server goes on`, async () => {
      const view = await visit(script, options);
      await loaded(view, event);
      assert.deepEqual((await refreshed(view, 'top')).keys, {});
      await view.close();
    });
  }
}

test('settings, units and targeting by code', async () => {
  const view = await visit('sdk/pbjs.js', {
    head: "pbjs.que.push(() => { pbjs.bidderSettings = { standard: { bidCpmAdjustment: (cpm) => cpm * 0.5, adserverTargeting: [{ key: 'hb_deal_kind', val: () => 'open' }] } }; });",
  });
  await loaded(view, 'adRenderSucceeded');
  const found = await view.page.evaluate(async () => {
    const heard = [];
    const stop = pbjs.getConfig('currency', (change) => heard.push(change));
    pbjs.setConfig({
      currency: { adServerCurrency: 'EUR' },
      enableSendAllBids: false,
      somethingElse: 7,
      priceGranularity: { buckets: [{ max: 3, increment: 0.25, precision: 1 }] },
    });
    stop();
    pbjs.mergeConfig({ currency: { rates: 1 }, ortb2: { site: { keywords: 'soup' } } });
    pbjs.addAdUnits({
      code: 'more',
      mediaTypes: { banner: { sizes: [[300, 250]] } },
      bids: [
        { bidder: 'delta', params: {} },
        { bidder: 'elsewhere', params: {} },
      ],
      ortb2Imp: { ext: { gpid: '/1/more' } },
    });
    const result = await pbjs.requestBids({ adUnitCodes: ['more'], ortb2: { user: { keywords: 'x' } } });
    const before = pbjs.adUnits.map(({ code }) => code);
    pbjs.removeAdUnit('more');
    return {
      heard,
      config: pbjs.getConfig('currency'),
      other: pbjs.getConfig('somethingElse'),
      before,
      after: pbjs.adUnits.map(({ code }) => code),
      timedOut: result.timedOut,
      won: pbjs.getAllWinningBids()[0].cpm,
    };
  });
  assert.deepEqual(found, {
    heard: [{ currency: { adServerCurrency: 'EUR' } }],
    config: { adServerCurrency: 'EUR', rates: 1 },
    other: 7,
    before: ['top', 'side', 'more'],
    after: ['top', 'side'],
    timedOut: false,
    won: 1.185,
  });
  const { body } = view.auctions[1];
  assert.deepEqual(
    [body.cur, body.site.keywords, body.user.keywords, body.imp.length, body.imp[0].ext.gpid, body.imp[0].ext.prebid.bidder],
    [['EUR'], 'soup', 'x', 1, '/1/more', { delta: {} }],
  );
  // The older auction's keys are gone from the slot as soon as the next one begins.
  const { keys } = await refreshed(view, 'top');
  assert.deepEqual([keys.hb_pb, keys.hb_deal_kind], ['1.10', 'open']);
  await view.close();
});

test('a native creative gets its assets and tells of its impression', async () => {
  const view = await world.visit({ open: false, document: page('sdk/pbjs.js'), before: () => (window.creativeKind = 'native-creative') });
  const ad = {
    assets: [{ id: 1, title: { text: 'Soup' } }],
    link: { url: 'https://x.test/', clicktrackers: [pixel(view, 'click')] },
    eventtrackers: [{ event: 1, method: 1, url: pixel(view, 'seen') }],
  };
  const bid = winner('top', 'delta', 2, 'ad-1', { adm: JSON.stringify(ad), mtype: 4 });
  bid.bid[0].ext.prebid.type = 'native';
  view.options.reply = answer(bid);
  await view.open();
  await until(() => view.notices.includes('notice-seen'), 'the impression');
  // The library in the frame may still replace what it shows.
  const shows = (frame) => frame.evaluate(() => document.body.textContent.includes('Soup')).catch(() => false);
  await until(async () => (await Promise.all(view.page.frames().slice(1).map(shows))).includes(true), 'the title');
  assert.deepEqual(await view.page.evaluate(() => pbjs.getAllWinningBids().map((one) => one.mediaType)), ['native']);
  await view.close();
});

test('consent of the CMP goes along, and decides about cookies and the endpoint', async () => {
  const cmp = (
    storage,
  ) => `window.__tcfapi = (command, version, heard) => setTimeout(() => heard({ gdprApplies: true, tcString: 'CPaaa', eventStatus: 'useractioncomplete', purpose: { consents: { 1: ${storage} } } }, true), 20);
    pbjs.que.push(() => pbjs.setConfig({ consentManagement: { gdpr: { cmpApi: 'iab', timeout: 800 } } }));`;
  for (const storage of [true, false]) {
    const view = await visit('sdk/pbjs.js', { head: cmp(storage), open: false });
    await view.page.context().addCookies([{ name: 'seen', value: '1', url: view.url }]);
    await view.open();
    await until(() => view.auctions.length, 'the request');
    const { body, cookie } = view.auctions[0];
    assert.deepEqual([body.regs.gdpr, body.user.consent, cookie], [1, 'CPaaa', storage ? 'seen=1' : undefined]);
    await view.close();
  }
});
