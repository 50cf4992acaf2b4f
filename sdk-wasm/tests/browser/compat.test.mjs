// What pages of Prebid.js and of apstag do that the plain cases leave out: priorities, consent in all its forms, native, other creatives.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const unit = (more = {}) => ({
  code: 'top',
  mediaTypes: { banner: { sizes: [[300, 250]] } },
  bids: [{ bidder: 'delta', params: {} }],
  ...more,
});
/** A page with one ad unit; `setup` runs before the auction, `units` are its units. */
const page =
  (setup = '', units = [unit()], script = 'sdk/pbjs.js') =>
  (_, view) =>
    `<!doctype html><html lang=en><head><meta charset=utf-8><title>page</title><script>
  var pbjs = { que: [] };
  ${typeof setup === 'function' ? setup(view) : setup}
  pbjs.que.push(() => {
    pbjs.setConfig({ userSync: { syncEnabled: false }, s2sConfig: { accountId: 'demo', enabled: true, adapter: 'prebidServer', bidders: ['delta'], endpoint: '${world.site}/${view.key}/auction', ...window.server } });
    pbjs.addAdUnits(${JSON.stringify(units)});
    pbjs.requestBids({ bidsBackHandler: () => (window.back = pbjs.getAdserverTargeting()) });
  });</script><script async src="${script}"></script></head><body><div id=top></div></body></html>`;
const visit = (document, options = {}) => world.visit({ document, reply: answer(winner('top', 'delta', 2, 'ad-1')), ...options });
const back = (view) => until(() => view.page.evaluate(() => window.back), 'the bids');
const lost = (seat, price, adId) => {
  const found = winner('top', seat, price, adId);
  found.bid[0].ext.prebid.targeting = {};
  return found;
};

test('a house bid wins or loses as the server decided, whatever its price', async () => {
  for (const [reply, best] of [
    [answer(winner('top', 'house', 3, 'h-1'), lost('delta', 5, 'd-1')), 'house'],
    [answer(winner('top', 'delta', 2, 'd-1'), lost('house', 9, 'h-1')), 'delta'],
  ]) {
    const view = await visit(page(), { reply });
    assert.equal((await back(view)).top.hb_bidder, best);
    await view.close();
  }
});

test('real Prebid.js takes house bids where unknown bidders are allowed, and only there', async () => {
  for (const [server, bidder] of [
    ['window.server = {};', undefined],
    ['window.server = { allowUnknownBidderCodes: true };', 'house'],
  ]) {
    const view = await visit(page(server, [unit()], 'prebid.js'), { reply: answer(winner('top', 'house', 3, 'h-1')) });
    assert.equal((await back(view)).top.hb_bidder, bidder);
    await view.close();
  }
});

const cmp = (granted) =>
  `window.__tcfapi = (command, version, listener) => setTimeout(() => listener({ gdprApplies: true, tcString: 'CPaaa', eventStatus: 'useractioncomplete', purpose: { consents: { 1: ${granted} } } }, true), 150);`;
const consent = (settings) => `pbjs.que.push(() => pbjs.setConfig({ consentManagement: ${settings} }));`;
for (const [what, setup, expected] of [
  ['flat settings wait for a refusal', cmp(false) + consent("{ cmpApi: 'iab', timeout: 5000 }"), [1, 'CPaaa', undefined]],
  ['flat settings wait for a permission', cmp(true) + consent("{ cmpApi: 'iab', timeout: 5000 }"), [1, 'CPaaa', 'seen=1']],
  [
    'static data goes along',
    consent(
      "{ gdpr: { cmpApi: 'static', consentData: { getTCData: { gdprApplies: true, tcString: 'CPsss', purpose: { consents: { 1: true } } } } } }",
    ),
    [1, 'CPsss', 'seen=1'],
  ],
  [
    'static data that refuses',
    consent("{ cmpApi: 'static', consentData: { gdprApplies: true, tcString: 'CPsss' } }"),
    [1, 'CPsss', undefined],
  ],
  ['static data that is missing', consent("{ gdpr: { cmpApi: 'static' } }"), [undefined, undefined, undefined]],
  ['a CMP that is announced and not there', consent('{ gdpr: { timeout: 50 } }'), [undefined, undefined, undefined]],
  ['the same with a scope', consent('{ gdpr: { timeout: 50, defaultGdprScope: true } }'), [1, undefined, undefined]],
  ['a US interface that is announced and not there', consent('{ usp: { timeout: 50 } }'), [undefined, undefined, undefined]],
  ['a kind of CMP that nobody knows', consent("{ gdpr: { cmpApi: 'other', timeout: 50 } }"), [undefined, undefined, undefined]],
  [
    'static GPP data that opts out in California',
    consent("{ gpp: { cmpApi: 'static', consentData: { gppString: 'DBABBg~BUYYYZiA.QA', applicableSections: [8] } } }"),
    [undefined, undefined, undefined],
  ],
  [
    'static GPP data that opts out of nothing',
    consent("{ gpp: { cmpApi: 'static', consentData: { gppString: 'DBABTA~1YNN', applicableSections: [6] } } }"),
    [undefined, undefined, 'seen=1'],
  ],
  ['settings that are none', consent("'yes'"), [undefined, undefined, undefined]],
  ['a section that is switched off', consent('{ gdpr: { enabled: false } }'), [undefined, undefined, 'seen=1']],
]) {
  test(`consentManagement: ${what}`, async () => {
    const view = await visit(page(setup), { open: false });
    await view.page.context().addCookies([{ name: 'seen', value: '1', url: view.url }]);
    await view.open();
    await until(() => view.auctions.length, 'the request');
    const { body, cookie } = view.auctions[0];
    assert.deepEqual([(body.regs || {}).gdpr, (body.user || {}).consent, cookie], expected);
    await view.close();
  });
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const require = createRequire(join(root, 'package.json'));

// Prebid's creative for frames of other origins, as line items load it.
const crossDomain = async (template = '') => {
  const entry = join(root, 'node_modules/prebid.js/dist/src/creative/crossDomain.js');
  const { outputFiles } = await require('esbuild').build({ entryPoints: [entry], bundle: true, write: false, format: 'iife' });
  const call = "const query = new URLSearchParams(location.search); pbRender({ adId: query.get('ad'), pubUrl: query.get('page') });";
  return `<!doctype html><body>${template}<script>${outputFiles[0].text}</script><script>${call}</script>`;
};
const shown = (view, selector) =>
  until(async () => {
    for (const frame of view.page.frames().slice(1)) {
      const text = await frame.evaluate((wanted) => (document.querySelector(wanted) || {}).innerText, selector).catch(() => '');
      if (text && !text.includes('##')) return text;
    }
    return '';
  }, 'the ad');
const addCreative = (view) =>
  view.page.evaluate(() => {
    const frame = document.createElement('iframe');
    // Another name for the same host makes another origin.
    frame.src = new URL('creative', location.href.replace('127.0.0.1', 'localhost')) + `?ad=ad-1&page=${encodeURIComponent(location.href)}`;
    document.getElementById('top').append(frame);
  });

for (const layer of ['the SDK', 'pbjs.js']) {
  test(`Prebid's cross-domain creative shows its ad with ${layer}`, async () => {
    const files = { creative: await crossDomain() };
    const view =
      layer === 'pbjs.js'
        ? await visit(page(), { files })
        : await world.visit({ files, reply: answer(winner('top', 'delta', 2, 'ad-1')), config: { adServer: { type: 'custom' } } });
    if (layer === 'pbjs.js') await back(view);
    else await view.has('bids_returned');
    await addCreative(view);
    assert.equal(await shown(view, '#ad'), 'delta 2');
    if (layer === 'the SDK') assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
    await view.close();
  });
}

const nativeBid = (more = {}) => {
  const adm = JSON.stringify({
    assets: [
      { id: 0, title: { text: 'Soup' } },
      { id: 1, data: { value: 'Kitchen' } },
    ],
    link: { url: 'https://x.test/' },
    ...more,
  });
  const found = winner('top', 'delta', 2, 'ad-1', { mtype: 4, adm });
  found.bid[0].ext.prebid.type = 'native';
  return answer(found);
};
const legacy = unit({
  mediaTypes: {
    native: { title: { required: true, len: 80 }, sponsoredBy: { required: true }, image: { sizes: [300, 250] }, clickUrl: {} },
  },
});

for (const layer of ['the SDK', 'pbjs.js']) {
  test(`Prebid's cross-domain creative fills in its native template with ${layer}`, async () => {
    const files = { creative: await crossDomain('<p id=ad>##hb_native_title## ##hb_native_linkurl##</p>') };
    const view =
      layer === 'pbjs.js'
        ? await visit(page('', [legacy]), { files, open: false })
        : await world.visit({ files, open: false, config: { adServer: { type: 'custom' } } });
    view.options.reply = nativeBid({ imptrackers: [`${world.site}/${view.key}/notice-seen`] });
    await view.open();
    if (layer === 'pbjs.js') await back(view);
    else await view.has('bids_returned');
    await addCreative(view);
    assert.equal(await shown(view, '#ad'), 'Soup https://x.test/');
    await until(() => view.notices.includes('notice-seen'), 'the impression');
    assert.equal(view.notices.filter((path) => path === 'notice-seen').length, 1);
    if (layer === 'the SDK') assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
    await view.close();
  });
}

test('a native unit from before OpenRTB goes out with its assets, and its template is filled in', async () => {
  const view = await visit(page('', [legacy]), { reply: nativeBid() });
  await back(view);
  const request = JSON.parse(view.auctions[0].body.imp[0].native.request);
  assert.deepEqual(request.assets, [
    { id: 0, required: 1, title: { len: 80 } },
    { id: 1, required: 1, data: { type: 1 } },
    { id: 2, required: 0, img: { type: 3, w: 300, h: 250 } },
  ]);
  const text = await view.page.evaluate(async () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    frame.contentDocument.body.innerHTML = '<h1>##hb_native_title##</h1><p>##hb_native_brand##</p><a href="##hb_native_linkurl##">go</a>';
    const done = new Promise((resume) => ['adRenderSucceeded', 'adRenderFailed'].forEach((name) => pbjs.onEvent(name, resume)));
    pbjs.renderAd(frame.contentDocument, 'ad-1');
    const { reason, message } = await done;
    if (reason) return [reason, message];
    return [frame.contentDocument.body.innerText.split(/\s+/), frame.contentDocument.querySelector('a').href];
  });
  assert.deepEqual(text, [['Soup', 'Kitchen', 'go'], 'https://x.test/']);
  await view.close();
});

test('floors and data of single bidders reach the server, a unit without assets reaches nobody', async () => {
  const setup = `pbjs.que.push(() => { pbjs.setConfig({ floors: { data: { currency: 'USD', schema: { fields: ['mediaType'] }, values: { banner: 1.5 } }, floorMin: 1 } });
    pbjs.setBidderConfig({ bidders: ['delta'], config: { ortb2: { site: { keywords: 'a' } } } }); pbjs.mergeBidderConfig({ bidders: ['delta'], config: { ortb2: { user: { keywords: 'b' } } } }); });`;
  const view = await visit(page(setup, [unit({ floors: { default: 0.7 } }), unit({ code: 'bare', mediaTypes: { native: {} } })]));
  await back(view);
  const { body } = view.auctions[0];
  assert.deepEqual(
    body.imp.map(({ id, bidfloor }) => [id, bidfloor]),
    [['top', 0.7]],
  );
  const { floors, bidderconfig } = body.ext.prebid;
  assert.deepEqual(
    [floors.floormin, floors.data.modelgroups[0].values, bidderconfig],
    [1, { banner: 1.5 }, [{ bidders: ['delta'], config: { ortb2: { site: { keywords: 'a' }, user: { keywords: 'b' } } } }]],
  );
  await view.close();
});

test('rules of an ad unit go out with its imp, and the address of rules with the request', async () => {
  const floors = { currency: 'EUR', schema: { fields: ['mediaType', 'size'] }, values: { 'banner|300x250': 1.2 }, default: 0.4 };
  const setup = "pbjs.que.push(() => pbjs.setConfig({ floors: { endpoint: { url: 'https://floors.test/rules.json' } } }));";
  const view = await visit(page(setup, [unit({ floors, ortb2Imp: { ext: { prebid: { is_rewarded_inventory: 1 } } } })]));
  await back(view);
  const { body } = view.auctions[0];
  const [{ bidfloor, ext }] = body.imp;
  assert.deepEqual(
    [bidfloor, ext.prebid.floors, ext.prebid.bidder, ext.prebid.is_rewarded_inventory],
    [undefined, floors, { delta: {} }, 1],
  );
  assert.deepEqual(
    [body.ext.prebid.floors.floorendpoint, body.ext.prebid.floors.data],
    [{ url: 'https://floors.test/rules.json' }, undefined],
  );
  await view.close();
});

for (const floors of [null, 7, 'x', { values: null }, { default: 'x' }]) {
  test(`floors of a unit that are none cost it nothing: ${JSON.stringify(floors)}`, async () => {
    const view = await visit(page('', [unit({ floors })]));
    assert.equal((await back(view)).top.hb_bidder, 'delta');
    const [{ bidfloor, ext }] = view.auctions[0].body.imp;
    assert.deepEqual([bidfloor, ext.prebid.floors], [undefined, undefined]);
    await view.close();
  });
}

test('every function of Prebid.js that a page may call is there and throws nothing', async () => {
  const view = await visit(page());
  await back(view);
  const kinds = await view.page.evaluate(() =>
    [
      'getUserIds',
      'getUserIdsAsync',
      'getUserIdsAsEids',
      'getUserIdsAsEidBySource',
      'getEncryptedEidsForSource',
      'refreshUserIds',
      'getBidResponseByAdId',
      'mergeBidderConfig',
      'setBidderConfig',
      'removeUserSyncs',
      'triggerBilling',
      'triggerUserSyncs',
      'enableAnalytics',
      'getStorageUseDisclosures',
    ].filter((name) => {
      try {
        pbjs[name]();
        return false;
      } catch {
        return true;
      }
    }),
  );
  assert.deepEqual(kinds, []);
  await view.close();
});

test('two hundred auctions in a row run four at a time', async () => {
  let most = 0;
  let open = 0;
  const reply = async () => {
    most = Math.max(most, (open += 1));
    await new Promise((resume) => setImmediate(resume));
    open -= 1;
    return answer();
  };
  const view = await visit(page(), { reply });
  await back(view);
  await view.page.evaluate(() => Promise.all(Array.from({ length: 200 }, () => pbjs.requestBids({}))));
  assert.equal(view.auctions.length, 201);
  assert.ok(most <= 4, String(most));
  await view.close();
});

const apstagPage = (settings) => (_, view) =>
  `<!doctype html><html lang=en><head><meta charset=utf-8><title>page</title><script>
  window.apstag = { init() { this._Q.push(['i', arguments]) }, fetchBids() { this._Q.push(['f', arguments]) }, _Q: [] };
  apstag.init({ pubID: '1', ${settings} earlybid: { endpoint: '${world.site}/${view.key}/auction' } });
  apstag.fetchBids({ slots: [{ slotID: 'top', slotName: '/1/top', sizes: [[300, 250]] }] }, (bids) => (window.back = bids));
  </script><script async src="sdk/apstag.js"></script></head><body><div id=top></div></body></html>`;

test('apstag: the server decides who wins, and a price is in steps', async () => {
  const house = lost('house', 3, 'h-1');
  const view = await visit(apstagPage(''), { reply: answer(house) });
  assert.deepEqual([(await back(view))[0].amznbid, view.auctions[0].body.imp[0].ext.prebid.storedrequest], ['3.00', { id: '/1/top' }]);
  await view.close();
  const priority = await visit(apstagPage(''), { reply: answer(lost('delta', 9, 'd-1'), winner('top', 'house', 3, 'h-1')) });
  assert.equal((await back(priority))[0].amzniid, 'h-1');
  await priority.close();
});

test('apstag: what the publisher has to mend is said in the console, once', async () => {
  const words = [];
  const view = await visit(apstagPage(''), { open: false, reply: { ...answer(), ext: { responsetimemillis: {} } } });
  view.page.on('console', (message) => message.type() === 'warning' && words.push(message.text()));
  await view.open();
  await back(view);
  assert.match(words.join(), /no bidder was asked/);
  await view.close();
});

test('apstag: an opt-out in GPP is one', async () => {
  for (const [string, expected] of [
    ['DBABBg~BUYYYZiA.QA', undefined],
    ['DBABTA~1YNN', 'seen=1'],
  ]) {
    const ping = `{ gppString: '${string}', applicableSections: [8], signalStatus: 'ready' }`;
    const before = `window.__gpp = (command, heard) => command === 'ping' && heard(${ping});`;
    const view = await visit(apstagPage(''), { open: false, before });
    await view.page.context().addCookies([{ name: 'seen', value: '1', url: view.url }]);
    await view.open();
    await back(view);
    assert.equal(view.auctions[0].cookie, expected);
    await view.close();
  }
});

test('apstag: a CMP that is announced and not there is no permission', async () => {
  const view = await visit(apstagPage('gdpr: { cmpTimeout: 20 },'), { open: false });
  await view.page.context().addCookies([{ name: 'seen', value: '1', url: view.url }]);
  await view.open();
  await back(view);
  assert.equal(view.auctions[0].cookie, undefined);
  await view.close();
});
