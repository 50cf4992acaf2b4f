/*
 * `window.pbjs` for pages written for Prebid.js with its server adapter: the same calls, events, key-values and
 * creatives, over one request to the bid server. `data-global` of the script gives it another name than `pbjs`.
 */
import { allowed, inRequest, readConsent } from '../consent.js';
import { locate } from '../protocol.js';
import { config, getConfig, mergeConfig, setConfig, warn } from './pbjs-config.js';
import { byPrice, makeBid, targetingOf, usable } from './pbjs-bids.js';
import { emit, getEvents, offEvent, onEvent } from './pbjs-events.js';
import { creatives } from './pbjs-creatives.js';
import { clearKeys, setKeys } from './pbjs-gpt.js';
import { buildRequest, endpointOf, serverOf } from './pbjs-request.js';
import { pageConfig, post, safely, uuid } from './post.js';
import { syncLater } from './sync.js';

const name = ((document.currentScript || {}).dataset || {}).global || 'pbjs';
const pbjs = (window[name] = window[name] || {});
const auctions = [];
const aliases = {};
let view = uuid();

const list = (value) => (value === undefined || value === null ? [] : [].concat(value));
const all = (kind) => [].concat(...auctions.map((auction) => auction[kind]));

// Of each ad unit, what its latest auction brought.
const latest = (code, kind) => {
  const auction = auctions.filter((one) => one.adUnitCodes.includes(code)).pop();
  return auction ? auction[kind].filter((bid) => bid.adUnitCode == code) : [];
};
const grouped = (kind) => {
  const found = {};
  auctions.forEach((auction) => auction.adUnitCodes.forEach((code) => (found[code] = { bids: latest(code, kind) })));
  return kind == 'bids' ? Object.fromEntries(Object.entries(found).filter(([, { bids }]) => bids[0])) : found;
};
const usableBids = (code) => latest(code, 'bids').filter((bid) => usable(bid, config));
const codesOf = (codes) => (codes === undefined ? [...new Set(all('adUnitCodes'))] : list(codes));

const adjust = (bid) => {
  const settings = pbjs.bidderSettings || {};
  const own = (settings[bid.bidderCode] || {}).bidCpmAdjustment || (settings.standard || {}).bidCpmAdjustment;
  const price = own ? safely(own, bid.cpm, bid) : bid.cpm;
  return typeof price == 'number' && price >= 0 ? price : bid.cpm;
};

const addCustomKeys = (bid) => {
  const settings = pbjs.bidderSettings || {};
  [settings.standard, settings[bid.bidderCode]].forEach((one) =>
    list((one || {}).adserverTargeting).forEach(({ key, val }) => {
      const value = typeof val == 'function' ? safely(val, bid) : val;
      if (value !== undefined && value !== '') bid.adserverTargeting[key] = String(value);
    })
  );
};

// Consent, read once per page view: what changes later goes into the same object.
let consent;
const withConsent = (run) => {
  const wanted = config.consentManagement;
  if (!wanted) return run({ gpc: navigator.globalPrivacyControl === true }, { apis: [], deviceAccess: config.deviceAccess });
  const names = { gdpr: 'tcf', gpp: 'gpp', usp: 'usp' };
  const limits = Object.keys(names).map((key) => wanted[key]).filter(Boolean);
  const settings = {
    apis: Object.keys(names).filter((key) => wanted[key]).map((key) => names[key]),
    cmpTimeout: Math.max(...limits.map(({ timeout = 10000 }) => timeout)),
    actionTimeout: Math.max(...limits.map(({ actionTimeout = 10000 }) => actionTimeout)),
    deviceAccess: config.deviceAccess,
  };
  consent = consent || new Promise((resolve) => readConsent(settings, resolve));
  return consent.then((known) => run(known, settings));
};

const take = (auction, units, answer) => {
  const currency = answer.cur || 'USD';
  list(answer.seatbid).forEach(({ seat, bid: bids }) =>
    list(bids).forEach((found) => {
      const unit = units.get(found.impid);
      if (!unit || !(found.price >= 0)) return;
      const bid = makeBid(found, { seat, unit, auction, currency, config, adjust });
      addCustomKeys(bid);
      auction.bids.push(bid);
      ['bidAdjustment', 'bidAccepted', 'bidResponse'].forEach((event) => emit(event, bid, bid.adUnitCode));
    })
  );
};

const finish = (auction, failure, done) => {
  auction.auctionEnd = Date.now();
  auction.auctionStatus = 'completed';
  const silent = auction.requests.filter((one) => !auction.bids.some((bid) => bid.bidder == one.bidder && bid.adUnitCode == one.adUnitCode));
  if (failure == 'timeout') {
    emit('auctionTimeout', auction, auction.auctionId);
    emit('bidTimeout', silent);
  } else {
    auction.bidderRequests.forEach((request) => {
      if (failure) emit('bidderError', { error: failure, bidderRequest: request });
      emit('bidderDone', request);
    });
    silent.forEach((one) => {
      auction.noBids.push(one);
      emit('noBid', one, one.adUnitCode);
    });
  }
  auction.bidsReceived = auction.bids;
  emit('auctionEnd', auction, auction.auctionId);
  const found = {};
  auction.bids.forEach((bid) => (found[bid.adUnitCode] = found[bid.adUnitCode] || { bids: [] }).bids.push(bid));
  done(found, failure == 'timeout');
};

const hold = (auction, ortb2, done) =>
  withConsent((known, settings) => {
    const page = pageConfig();
    const server = serverOf(config, page);
    const may = allowed(known, settings);
    if (!server) {
      warn('neither s2sConfig.endpoint nor auctionUrl of the page config is there');
      return finish(auction, 'no_server', done);
    }
    const said = inRequest(known);
    const { body, units } = buildRequest({ auction, config, server, consent: said, ortb2, warn, aliases, view });
    auction.requests = [].concat(
      ...auction.adUnits.map((unit) =>
        list(unit.bids)
          .filter(({ bidder }) => bidder && (!server.bidders || server.bidders.includes(bidder)))
          .map((one) => ({ ...one, bidId: uuid(), adUnitCode: unit.code, auctionId: auction.auctionId, src: 's2s' }))
      )
    );
    auction.bidderRequests = [...new Set(auction.requests.map(({ bidder }) => bidder))].map((bidderCode) => ({
      bidderCode, auctionId: auction.auctionId, timeout: auction.timeout, bids: auction.requests.filter(({ bidder }) => bidder == bidderCode),
    }));
    auction.bidderRequests.forEach((request) => emit('bidRequested', request));
    const url = endpointOf(server.endpoint, may);
    emit('beforePBSHttp', { endpoint: url, requestJson: body });
    return post(url, body, { timeout: auction.timeout, cookies: may }, (failure, answer) => {
      if (!failure) safely(take, auction, units, answer || {});
      else warn(`the auction at ${url} failed: ${failure}`);
      finish(auction, failure, done);
      if (may) syncLater(endpointOf(server.syncEndpoint, may), server, config.userSync, said);
    });
  });

const requestBids = (options = {}) => {
  const { adUnitCodes, timeout, bidsBackHandler, ortb2, auctionId } = options;
  return new Promise((resolve) => {
    emit('requestBids');
    const units = list(options.adUnits || pbjs.adUnits).filter((unit) => unit && (!adUnitCodes || list(adUnitCodes).includes(unit.code)));
    if (!units[0]) {
      warn('requestBids without ad units');
      if (bidsBackHandler) safely(bidsBackHandler);
      return resolve();
    }
    emit('beforeRequestBids', units);
    const auction = {
      auctionId: auctionId || uuid(), timestamp: Date.now(), timeout: timeout || config.bidderTimeout, auctionStatus: 'inProgress',
      adUnits: units, adUnitCodes: [...new Set(units.map(({ code }) => code))], bids: [], noBids: [], requests: [], bidderRequests: [],
    };
    units.forEach((unit) => {
      unit.transactionId = unit.transactionId || uuid();
      unit.adUnitId = unit.adUnitId || uuid();
    });
    auctions.push(auction);
    // Bids of older auctions of the same units are no longer offered; those shown may still be asked about.
    while (auctions.length > 50) auctions.shift();
    clearKeys(auction.adUnitCodes, config);
    emit('auctionInit', auction, auction.auctionId);
    return hold(auction, ortb2, (bids, timedOut) => {
      if (bidsBackHandler) safely(bidsBackHandler, bids, timedOut, auction.auctionId);
      resolve({ bids, timedOut, auctionId: auction.auctionId });
    });
  });
};

const targeting = (codes) => Object.fromEntries(codesOf(codes).map((code) => [code, targetingOf(usableBids(code), config)]));

const ads = creatives({ find: (adId) => all('bids').find((bid) => bid.adId == adId), config });

const api = {
  libLoaded: true,
  version: `v${SDK_VERSION}-earlybid`,
  installedModules: ['prebidServerBidAdapter'],
  adUnits: list(pbjs.adUnits),
  bidderSettings: pbjs.bidderSettings || {},
  addAdUnits: (units) => {
    pbjs.adUnits.push(...list(units));
    emit('addAdUnits');
  },
  removeAdUnit: (codes) => {
    pbjs.adUnits = codes === undefined ? [] : pbjs.adUnits.filter(({ code }) => !list(codes).includes(code));
  },
  requestBids,
  setConfig, getConfig, mergeConfig,
  readConfig: (path) => {
    const found = getConfig(path);
    return found && typeof found == 'object' ? JSON.parse(JSON.stringify(found)) : found;
  },
  onEvent, offEvent, getEvents,
  getAdserverTargeting: targeting,
  getAdserverTargetingForAdUnitCode: (code) => targeting([code])[code],
  getAdserverTargetingForAdUnitCodeStr: (code) => Object.entries(targeting([code])[code]).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&'),
  setTargetingForGPTAsync: (codes, match) => {
    const keys = targeting(codes);
    setKeys(keys, config, match);
    emit('setTargeting', keys);
    Object.keys(keys).forEach((code) => usableBids(code).forEach((bid) => bid.adId == keys[code].hb_adid && (bid.status = 'targetingSet')));
  },
  getBidResponses: () => grouped('bids'),
  getBidResponsesForAdUnitCode: (code) => ({ bids: latest(code, 'bids') }),
  getNoBids: () => grouped('noBids'),
  getNoBidsForAdUnitCode: (code) => ({ bids: latest(code, 'noBids') }),
  getHighestCpmBids: (code) => codesOf(code).map((one) => byPrice(usableBids(one))[0]).filter(Boolean),
  getHighestUnusedBidResponseForAdUnitCode: (code) => byPrice(usableBids(code))[0],
  getAllWinningBids: () => all('bids').filter((bid) => bid.status == 'rendered'),
  getAllPrebidWinningBids: () => all('bids').filter((bid) => bid.status == 'targetingSet'),
  markWinningBidAsUsed: ({ adUnitCode, adId } = {}) => {
    const bid = adId ? all('bids').find((one) => one.adId == adId) : byPrice(usableBids(adUnitCode))[0];
    if (bid) bid.status = 'rendered';
  },
  renderAd: ads.renderAd,
  aliasBidder: (bidder, alias) => (aliases[alias] = bidder),
  clearAllAuctions: () => auctions.splice(0),
  refreshPageViewId: () => (view = uuid()),
  getUserIds: () => ({}),
  getUserIdsAsEids: () => [],
  getConsentMetadata: () => ({}),
  triggerUserSyncs: () => {},
  processQueue: () => {},
};

// Calls of parts that are not here do nothing, so that a page goes on.
['enableAnalytics', 'registerBidAdapter', 'registerAnalyticsAdapter', 'setBidderConfig', 'registerSignalSources', 'refreshUserIds', 'setTargetingForAst'].forEach(
  (call) => (api[call] = () => warn(`${call} has no effect here`))
);

const run = (call) => {
  if (typeof call != 'function') return warn('what is queued must be a function');
  if (!call.called) {
    call.called = true;
    safely(call);
  }
  return undefined;
};

if (!pbjs.libLoaded) {
  const queued = [...list(pbjs.que), ...list(pbjs.cmd)];
  Object.assign(pbjs, api);
  (window._pbjsGlobals = window._pbjsGlobals || []).push(name);
  locate();
  addEventListener('message', ads.heard);
  // Always later, as pages expect; those that came before go first.
  const later = { push: (call) => Promise.resolve().then(() => run(call)) };
  pbjs.que = later;
  pbjs.cmd = later;
  queued.forEach((call) => later.push(call));
}
