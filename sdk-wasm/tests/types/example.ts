// Every public call, used as the documents show it; checked by the compiler, never run.
import type { Earlybid, PageConfig, Slot } from 'earlybid';
import type { Pbjs } from 'earlybid/pbjs';
import type { Apstag } from 'earlybid/apstag';

const slot: Slot = {
  code: 'div-top',
  sizes: [[728, 90]],
  adUnitPath: '/1/top',
  storedImp: 'top',
  lazy: { fetch: 200, render: 100 },
  refresh: { every: 30, times: 3 },
  sizeMap: [{ minWidth: 0, sizes: [[300, 250]] }],
  ownAuction: true,
  reserve: 90,
  bidders: { alpha: { placement: 7 } },
  house: { image: '/house.png', link: '/' },
};

export const config: PageConfig = {
  account: 'demo',
  auctionUrl: '/openrtb2/auction',
  eventsUrl: '/ads.render',
  sdkUrl: '/earlybid/',
  slots: [slot],
  tmax: 500,
  failsafe: 1200,
  adServer: { type: 'gpt', scripts: ['https://securepubads.g.doubleclick.net/tag/js/gpt.js'], define: true },
  privacy: { mode: 'wait', apis: ['tcf'], cmpTimeout: 500, actionTimeout: 5000, stored: { tcf: 'euconsent-v2' }, deviceAccess: true },
};

// As pages write them, without `window`.
earlybid.cmd.push(() => console.log(pbjs.version, apstag.targetingKeys()));
export const named: PageConfig = { ...config, auctionId: 'a', pageViewId: 'b', slotsInMarkup: true };

// @ts-expect-error: rules need a known mode.
export const wrong: PageConfig = { ...config, privacy: { mode: 'maybe' } };

window.earlybid.cmd.push(() => {
  const api: Earlybid = window.earlybid;
  api.refresh?.(['div-top']);
  api.addSlots?.([slot]);
  api.removeSlots?.('div-top');
  api.on?.('ad_rendered', (event) => console.log(event.slot, event.cpm));
  api.flush?.();
  console.log(api.version, api.pageViewId);
});
window.earlybid.adServer = {
  ready: (run) => run(),
  slots: () => [{ element: 'top' }],
  setKeys: () => {},
  request: () => {},
  follow: () => {},
};

const layer: Pbjs = window.pbjs;
layer.enableAnalytics([]);
layer.setConfig({ consentManagement: { cmpApi: 'iab', timeout: 500 }, floors: {}, auctionOptions: { suppressExpiredRender: true } });
layer.setBidderConfig({ bidders: ['alpha'], config: { ortb2: {} } });
console.log(layer.getUserIds(), layer.getBidResponseByAdId('a')?.cpm);
pbjs.que.push(async () => {
  pbjs.setConfig({
    s2sConfig: { accountId: 'demo', endpoint: '/openrtb2/auction', bidders: ['alpha'] },
    priceGranularity: 'dense',
    debug: true,
  });
  pbjs.addAdUnits([
    { code: 'div-top', mediaTypes: { banner: { sizes: [[728, 90]] } }, bids: [{ bidder: 'alpha', params: { placement: 7 } }] },
  ]);
  pbjs.onEvent('bidWon', (bid) => console.log(bid.cpm));
  const found = await pbjs.requestBids({ timeout: 800, bidsBackHandler: () => pbjs.setTargetingForGPTAsync(['div-top']) });
  console.log(found?.timedOut, pbjs.getHighestCpmBids('div-top')[0]?.cpm, pbjs.getAdserverTargetingForAdUnitCode('div-top').hb_pb);
  // @ts-expect-error: not an event of Prebid.js.
  pbjs.onEvent('somethingElse', () => {});
});

const other: Apstag = window.apstag;
other.init({ pubID: '1', gdpr: { enabled: true, consent: 'C' }, earlybid: { stored: false } });
apstag.init({
  pubID: '1234',
  bidTimeout: 1000,
  earlybid: { endpoint: '/openrtb2/auction', account: 'demo', priceCodes: { '1.20': '1aglq80' } },
});
apstag.fetchBids({ slots: [{ slotID: 'div-top', slotName: '/1/top', sizes: [[728, 90]] }] }, (bids) => {
  apstag.setDisplayBids();
  console.log(bids[0]?.amznbid, apstag.targetingKeys());
});
