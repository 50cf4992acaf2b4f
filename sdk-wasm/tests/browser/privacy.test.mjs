// What goes to the bid server, and when, under each rule and with CMPs that are late, silent or broken.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

// TC strings of version 2 with and without consent for purpose 1, which is bit 152.
const tc = (storage) => 'CP' + 'A'.repeat(23) + (storage ? 'I' : 'A') + 'A'.repeat(15);
const said = (storage, status = 'useractioncomplete') =>
  `{ gdprApplies: true, tcString: '${tc(storage)}', eventStatus: '${status}', purpose: { consents: { 1: ${storage} } } }`;
const cmp = (body) => `<script>window.__tcfapi = (command, version, heard) => { ${body} };</script>`;
const reply = answer(winner('top', 'delta', 2, 'ad-1'));

async function visit(privacy, first = '', more = {}) {
  const view = await world.visit({
    reply,
    loader: 'loader-consent.js',
    first,
    open: false,
    ...more,
    config: { privacy: { apis: ['tcf'], cmpTimeout: 300, actionTimeout: 600, ...privacy }, ...more.config },
  });
  await view.page
    .context()
    .addCookies([{ name: 'seen', value: '1', url: view.url }, ...(more.cookies || []).map((cookie) => ({ ...cookie, url: view.url }))]);
  await view.open();
  return view;
}

const request = async (view) => {
  await until(() => view.auctions.length, 'the request');
  const { body, cookie = '' } = view.auctions[0];
  return { gdpr: body.regs.gdpr, consent: body.user && body.user.consent, ids: cookie.includes('seen=1') };
};
const filled = (view) => until(() => view.page.evaluate(() => (window.gptLog || []).find((entry) => entry.id === 'top')), 'the ad server');
const check = async (view, expected) => {
  assert.deepEqual(await request(view), expected);
  assert.equal((await filled(view)).keys.hb_adid, 'ad-1');
  assert.equal(view.auctions.length, 1);
  assert.deepEqual(view.errors, []);
  await view.close();
};

test('wait: an answer with permission goes along, with cookies', async () => {
  await check(await visit({ mode: 'wait' }, cmp(`heard(${said(true)}, true)`)), { gdpr: 1, consent: tc(true), ids: true });
});

test('wait: a refusal goes along, without cookies, also on the own origin', async () => {
  await check(await visit({ mode: 'wait' }, cmp(`heard(${said(false)}, true)`)), { gdpr: 1, consent: tc(false), ids: false });
});

test('wait: nothing leaves before the visitor has acted', async () => {
  const view = await visit(
    { mode: 'wait', actionTimeout: 20000 },
    cmp(`heard({ gdprApplies: true, eventStatus: 'cmpuishown' }, true); window.act = () => heard(${said(true)}, true);`),
  );
  // By then the document is complete, and the time limit for the CMP itself is long over.
  await until(() => view.page.evaluate(() => document.readyState === 'complete' && performance.now() > 700), 'the page');
  assert.equal(view.auctions.length, 0);
  await view.page.evaluate(() => window.act());
  await check(view, { gdpr: 1, consent: tc(true), ids: true });
});

test('wait: a visitor who does not act is asked for without ids', async () => {
  await check(await visit({ mode: 'wait' }, cmp("heard({ gdprApplies: true, eventStatus: 'cmpuishown' }, true)")), {
    gdpr: 1,
    consent: undefined,
    ids: false,
  });
});

for (const [what, first] of [
  ['that is not there', ''],
  ['that is silent', cmp('')],
  ['that throws', cmp("throw new Error('broken')")],
  ['that answers nonsense', cmp('heard(null, true); heard(undefined, false)')],
  ['that is no function', '<script>window.__tcfapi = 7;</script>'],
]) {
  test(`wait: a CMP ${what} holds up until its limit, then goes without ids`, async () => {
    await check(await visit({ mode: 'wait' }, first), { gdpr: undefined, consent: undefined, ids: false });
  });
}

test('wait: a CMP that comes late, within its limit', async () => {
  await check(
    await visit(
      { mode: 'wait', cmpTimeout: 5000 },
      `<script>setTimeout(() => { window.__tcfapi = (command, version, heard) => heard(${said(true)}, true); }, 400);</script>`,
    ),
    { gdpr: 1, consent: tc(true), ids: true },
  );
});

test('anonymous: goes at once, and with ids after the visitor has acted', async () => {
  const view = await visit(
    { mode: 'anonymous', cmpTimeout: 5000, actionTimeout: 20000 },
    cmp(`heard({ gdprApplies: true, eventStatus: 'cmpuishown' }, true); window.act = () => heard(${said(true)}, true);`),
  );
  assert.deepEqual(await request(view), { gdpr: undefined, consent: undefined, ids: false });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate(() => (window.act(), earlybid.refresh('top')));
  await until(() => view.auctions.length === 2, 'the refresh');
  const { body, cookie } = view.auctions[1];
  assert.deepEqual([body.regs.gdpr, body.user.consent, cookie], [1, tc(true), 'seen=1']);
  await view.close();
});

for (const [what, first] of [
  ['refused', cmp(`heard(${said(false)}, true)`)],
  ['not asked', ''],
]) {
  test(`stop: a visitor who has ${what} costs no request, and the ad server goes on`, async () => {
    const view = await visit({ mode: 'stop' }, first);
    assert.deepEqual((await filled(view)).keys, {});
    assert.deepEqual([view.auctions.length, view.events.length, view.paths.filter((path) => path.startsWith('sdk/'))], [0, 0, []]);
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

test('stop: with permission it is as ever', async () => {
  await check(await visit({ mode: 'stop' }, cmp(`heard(${said(true)}, true)`)), { gdpr: 1, consent: tc(true), ids: true });
});

test('a stored string is used at once, without a CMP', async () => {
  const cookies = [{ name: 'euconsent-v2', value: tc(true) }];
  await check(await visit({ mode: 'wait', cmpTimeout: 60000, stored: { tcf: 'euconsent-v2' } }, '', { cookies }), {
    gdpr: 1,
    consent: tc(true),
    ids: true,
  });
  const kept = `<script>localStorage.setItem('kept', '${tc(false)}');</script>`;
  await check(await visit({ mode: 'wait', cmpTimeout: 60000, stored: { tcf: 'kept' } }, kept), { gdpr: 1, consent: tc(false), ids: false });
});

test('deviceAccess false: nothing stored is read, no cookies travel', async () => {
  const cookies = [{ name: 'euconsent-v2', value: tc(true) }];
  await check(await visit({ mode: 'wait', deviceAccess: false, stored: { tcf: 'euconsent-v2' } }, '', { cookies }), {
    gdpr: undefined,
    consent: undefined,
    ids: false,
  });
});

test('GPP, US privacy and GPC have their places', async () => {
  const first = `<script>
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
    window.__uspapi = (command, version, heard) => heard({ uspString: '1YNN' }, true);
    window.__gpp = (command, heard) => command === 'ping' && heard({ gppString: 'DBABLA~BVQqAAAAAgA.QA', applicableSections: [7], signalStatus: 'ready' });
  </script>`;
  const view = await visit({ mode: 'wait', apis: ['gpp', 'usp'] }, first);
  await until(() => view.auctions.length, 'the request');
  const { body, cookie } = view.auctions[0];
  assert.deepEqual(body.regs, { us_privacy: '1YNN', gpp: 'DBABLA~BVQqAAAAAgA.QA', gpp_sid: [7], ext: { gpc: '1' } });
  assert.equal(cookie, undefined);
  await view.close();
});

// Strings made by the IAB's own library; `parsed` is what a CMP makes of them.
for (const [what, { string, parsed, stored }, ids] of [
  ['that opts out of sale in the nation', { string: 'DBABLA~CFQaGAEAAiaA.QA' }, false],
  ['that opts out of nothing in the nation', { string: 'DBABLA~BVQqAAAAAg.QA' }, true],
  ['with GPC', { string: 'DBABLA~BVQqAAAAAg.YA' }, false],
  ['that opts out of sale in California', { string: 'DBABBg~BUYYYZiA.QA' }, false],
  ['that opts out of sale in Virginia', { string: 'DBABRg~BVYYYWA' }, false],
  ['that opts out of sale in Utah, after one more notice', { string: 'DBABFg~BQkGGEgA' }, false],
  ['that opts out of nothing in Connecticut', { string: 'DBABVg~BAgYYRoA.QA' }, true],
  ['that opts out in the last of several sections', { string: 'DBADNZg~CPXxRfAPXxRfAAfKABENBACgAIAAAAAAAAAA~1YNN~BUYYYZiA.QA' }, false],
  ['that has a US privacy string which opts out', { string: 'DBABTA~1YYN' }, false],
  ['of a section that nobody knows', { string: 'DBACLCw~BVQqAAAAAg.QA~BVVVVVVV.YA' }, true],
  ['of a version that nobody knows', { string: 'DBABBg~DUYYYZiA.QA' }, true],
  ['that is empty', { string: '' }, true],
  ['that is cut off', { string: 'DBABLA~B' }, true],
  ['that is none', { string: 'garbage' }, false],
  ['that is a number', { string: 7 }, false],
  ['that has more sections than it names', { string: 'DBABTA~1YNN~BUYYYZiA.QA' }, false],
  [
    'that the CMP has read: opted out of sharing',
    { string: 'DBACLCw~BVQqAAAAAg.QA~x', parsed: { usmd: { Version: 1, SharingOptOut: 1 } } },
    false,
  ],
  ['that the CMP has read in parts: with GPC', { string: '', parsed: { usnat: [{ SaleOptOut: 2 }, { Gpc: true }] } }, false],
  [
    'that the CMP has read: notices, and no opt-out',
    { string: '', parsed: { usnat: { SaleOptOutNotice: 1, SaleOptOut: 2, Gpc: false } } },
    true,
  ],
  ['that the CMP has read as nonsense', { string: 'DBABTA~1YNN', parsed: 'x' }, true],
  ['that is stored', { string: 'DBABBg~BUYYYZiA.QA', stored: { gpp: 'kept' } }, false],
]) {
  test(`a GPP string ${what}: ${ids ? 'with' : 'without'} ids`, async () => {
    const ping = JSON.stringify({ gppString: string, applicableSections: [7], parsedSections: parsed, signalStatus: 'ready' });
    const first = stored
      ? `<script>localStorage.setItem('kept', '${string}');</script>`
      : `<script>window.__gpp = (command, heard) => command === 'ping' && heard(${ping});</script>`;
    const view = await visit({ mode: 'wait', apis: ['gpp'], cmpTimeout: 5000, stored }, first);
    const found = await request(view);
    assert.equal(found.ids, ids);
    assert.equal(view.auctions[0].body.regs.gpp, string ? String(string) : undefined);
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

test('by GET, consent is in the address', async () => {
  const view = await visit({ mode: 'wait' }, cmp(`heard(${said(true)}, true)`), { config: { auctionGetUrl: 'auction?srid=home' } });
  await until(() => view.auctions.length, 'the request');
  assert.equal(new URL(view.auctions[0].url, world.site).search, `?srid=home&gdpr=1&tcfc=${tc(true)}`);
  await view.close();
});

test('rules without the loader that heeds them: nothing is asked', async () => {
  const view = await visit({ mode: 'wait' }, '', { loader: 'loader.js' });
  await until(() => view.page.evaluate(() => document.readyState === 'complete'), 'the page');
  assert.equal(view.auctions.length, 0);
  await view.close();
});
