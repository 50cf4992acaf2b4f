// A page written for apstag, with the layer in its place.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const stub = `!function(a9,a){function q(c,r){a[a9]._Q.push([c,r])}a[a9]||(a[a9]={init(){q('i',arguments)},fetchBids(){q('f',arguments)},setDisplayBids(){},targetingKeys(){return[]},_Q:[]})}('apstag',window);`;
const page = (_, view) => `<!doctype html><html lang=en><head><meta charset=utf-8><title>page</title><script>${stub}
  ${view.options.head || ''}
  var googletag = { cmd: [] };
  googletag.cmd.push(() => { googletag.pubads().disableInitialLoad(); for (const name of ['top', 'side']) googletag.defineSlot('/1/' + name, [[300, 250]], name); });
  apstag.init({ pubID: '1234', adServer: 'googletag', bidTimeout: 2000, deals: true, params: { section: 'food' }, earlybid: { endpoint: '${world.site}/${view.key}/auction', account: 'demo', priceCodes: { '2.30': 'code230' } } });
  apstag.fetchBids({ slots: [{ slotID: 'top', slotName: '/1/top', sizes: [[300, 250], [320, 50]], floor: { value: 50, currency: 'USD' } }, { slotID: 'side', slotName: '/1/side', sizes: [[300, 250]] }], timeout: ${view.options.timeout || 1500} },
    (bids) => { window.bids = bids; googletag.cmd.push(() => { apstag.setDisplayBids(); googletag.pubads().refresh(); }); });
  </script><script async src="sdk/apstag.js"></script><script async src="${world.other}/gpt.js"></script></head>
  <body><div id=top></div><div id=side></div></body></html>`;

const reply = () => {
  const bid = winner('top', 'delta', 2.37, 'ad-1', { dealid: 'deal-7' });
  bid.bid[0].ext.prebid.targeting.hb_pb = '2.30';
  return answer(bid);
};
const entry = (view, id) => until(() => view.page.evaluate((slot) => (window.gptLog || []).find((one) => one.id === slot), id), id);

test('what the stub has queued runs; keys and bids as apstag gives them', async () => {
  const view = await world.visit({ document: page, reply: reply() });
  const { keys } = await entry(view, 'top');
  assert.deepEqual(keys, {
    amznbid: 'code230',
    amzniid: 'ad-1',
    amznsz: '300x250',
    amznp: 'code230',
    amznbid_sp: 'code230',
    amzniid_sp: 'ad-1',
    amznp_sp: 'code230',
    amznsz_sp: '300x250',
    amzndeal_sp: 'deal-7',
  });
  assert.deepEqual((await entry(view, 'side')).keys, { amznbid: '2', amznsz: '0x0', amznp: '2' });
  const [first, second] = await view.page.evaluate(() =>
    bids.map(({ slotID, size, amznbid, qsParams, mediaType }) => ({ slotID, size, amznbid, qsParams, mediaType })),
  );
  assert.deepEqual(first, {
    slotID: 'top',
    size: '300x250',
    amznbid: 'code230',
    qsParams: 'amznbid=code230&amzniid=ad-1&amznsz=300x250&amznp=code230',
    mediaType: 'd',
  });
  assert.equal(second.amznbid, '2');
  assert.deepEqual(await view.page.evaluate(() => apstag.targetingKeys()), ['amznbid', 'amzniid', 'amznsz', 'amznp']);
  const { body } = view.auctions[0];
  assert.deepEqual(
    [body.imp[0].id, body.imp[0].tagid, body.imp[0].bidfloor, body.site.publisher.id, body.site.ext.data],
    ['top', '/1/top', 0.5, 'demo', { section: 'food' }],
  );
  await view.close();
});

test('a creative climbs to renderImp, and gets its ad once', async () => {
  const view = await world.visit({ document: page, open: false });
  const bids = reply();
  bids.seatbid[0].bid[0].burl = `${world.site}/${view.key}/notice-billed`;
  view.options.reply = bids;
  await view.open();
  await until(() => view.page.evaluate(() => window.bids), 'the bids');
  await view.page.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.id = 'creative';
    document.body.append(frame);
    const script = frame.contentDocument.createElement('script');
    script.textContent =
      "let w = window; for (let i = 0; i < 5 && !w.apstag; i += 1) w = w.parent; w.apstag.renderImp(document, 'ad-1'); w.apstag.renderImp(document, 'ad-1');";
    frame.contentDocument.body.append(script);
  });
  await until(() => view.notices.includes('notice-billed'), 'the notice');
  const [inner, width] = await view.page.evaluate(() => {
    const frame = document.getElementById('creative');
    return [frame.contentDocument.querySelectorAll('iframe').length, frame.width];
  });
  assert.deepEqual([inner, width], [1, '300']);
  assert.equal(await view.page.evaluate(() => document.querySelectorAll('body > p').length), 0);
  await view.close();
});

for (const [what, options] of [
  ['fails', { status: 503 }],
  ['is silent', { reply: 'never', timeout: 300 }],
  ['answers nonsense', { reply: '<html>' }],
]) {
  test(`a server that ${what}: the callback is called once, without bids`, async () => {
    const view = await world.visit({ document: page, ...options });
    const { keys } = await entry(view, 'top');
    assert.equal(keys.amznbid, '2');
    assert.equal(await view.page.evaluate(() => window.gptLog.filter((one) => one.refresh).length), 1);
    await view.close();
  });
}
