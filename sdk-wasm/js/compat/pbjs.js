/*
 * `window.pbjs` for pages written for Prebid.js with its server adapter: the same calls, events, key-values and
 * creatives, over one request to the bid server. `data-global` of the script gives it a name other than `pbjs`.
 */
import { locate } from '../protocol.js';
import { config, getConfig, mergeConfig, setConfig, warn } from './pbjs-config.js';
import { byRank, makeBid, targetingOf, usable } from './pbjs-bids.js';
import { consentOf } from './pbjs-consent.js';
import { emit, getEvents, offEvent, onEvent } from './pbjs-events.js';
import { creatives } from './pbjs-creatives.js';
import { clearKeys, setKeys } from './pbjs-gpt.js';
import { buildRequest, endpointOf, serverOf } from './pbjs-request.js';
import { merge, pageConfig, post, safely, uuid } from './post.js';
import { cancelSync, syncLater } from './sync.js';

const name = document.currentScript?.dataset?.global || 'pbjs';
const pbjs = (window[name] = window[name] || {});
const auctions = [];
const aliases = {};
// Data for some bidders only.
const bidderConfig = [];
let view = uuid();

const list = (value) => (value === undefined || value === null ? [] : [].concat(value));
const all = (kind) => [].concat(...auctions.map((auction) => auction[kind]));

// What the latest auction of an ad unit brought.
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
  const own = settings[bid.bidderCode]?.bidCpmAdjustment || settings.standard?.bidCpmAdjustment;
  const price = own ? safely(own, bid.cpm, bid) : bid.cpm;
  return typeof price == 'number' && price >= 0 ? price : bid.cpm;
};

const addCustomKeys = (bid) => {
  const settings = pbjs.bidderSettings || {};
  [settings.standard, settings[bid.bidderCode]].forEach((one) =>
    list(one?.adserverTargeting).forEach(({ key, val }) => {
      const value = typeof val == 'function' ? safely(val, bid) : val;
      if (value !== undefined && value !== '') bid.adserverTargeting[key] = String(value);
    }),
  );
};

// Consent is read once, and again if the page announces something else; what changes later counts for later auctions.
let consent;
let announced;
const withConsent = (run) => {
  const wanted = config.consentManagement;
  if (!consent || announced !== wanted) consent = new Promise((resolve) => consentOf(wanted, config.deviceAccess, resolve));
  announced = wanted;
  return consent.then(({ signals, may }) => run(signals(), may()));
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
    }),
  );
};

const finish = (auction, failure, done) => {
  auction.auctionEnd = Date.now();
  auction.auctionStatus = 'completed';
  const silent = auction.requests.filter(
    (one) => !auction.bids.some((bid) => bid.bidder == one.bidder && bid.adUnitCode == one.adUnitCode),
  );
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
  withConsent((signals, isAllowed) => {
    const page = pageConfig();
    const server = serverOf(config, page);
    const may = isAllowed && config.deviceAccess !== false;
    if (!server) {
      warn('neither s2sConfig.endpoint nor auctionUrl of the page config is there');
      return finish(auction, 'no_server', done);
    }
    const { body, units } = buildRequest({ auction, config, server, consent: signals, ortb2, warn, aliases, bidderConfig, view });
    auction.requests = [].concat(
      ...auction.adUnits.map((unit) =>
        list(unit.bids)
          .filter(({ bidder }) => bidder && (!server.bidders || server.bidders.includes(bidder)))
          .map((one) => ({ ...one, bidId: uuid(), adUnitCode: unit.code, auctionId: auction.auctionId, src: 's2s' })),
      ),
    );
    auction.bidderRequests = [...new Set(auction.requests.map(({ bidder }) => bidder))].map((bidderCode) => ({
      bidderCode,
      auctionId: auction.auctionId,
      timeout: auction.timeout,
      bids: auction.requests.filter(({ bidder }) => bidder == bidderCode),
    }));
    auction.bidderRequests.forEach((request) => emit('bidRequested', request));
    const url = endpointOf(server.endpoint, may);
    emit('beforePBSHttp', { endpoint: url, requestJson: body });
    return post(url, body, { timeout: auction.timeout, cookies: may }, (failure, answer) => {
      if (!failure) safely(take, auction, units, answer || {});
      else warn(`the auction at ${url} failed: ${failure} ${failure == 'status' ? answer : ''}`);
      finish(auction, failure, done);
      if (may) syncLater(endpointOf(server.syncEndpoint, may), server, config.userSync, signals);
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
      auctionId: auctionId || uuid(),
      timestamp: Date.now(),
      timeout: timeout || config.bidderTimeout,
      auctionStatus: 'inProgress',
      adUnits: units,
      adUnitCodes: [...new Set(units.map(({ code }) => code))],
      bids: [],
      noBids: [],
      requests: [],
      bidderRequests: [],
    };
    units.forEach((unit) => {
      unit.transactionId = unit.transactionId || uuid();
      unit.adUnitId = unit.adUnitId || uuid();
    });
    auctions.push(auction);
    // Bids of older auctions of the same units are no longer offered; pages may still ask about those that were shown.
    while (auctions.length > 50) auctions.shift();
    clearKeys(auction.adUnitCodes, config);
    emit('auctionInit', auction, auction.auctionId);
    return hold(auction, ortb2, (bids, timedOut) => {
      if (bidsBackHandler) safely(bidsBackHandler, bids, timedOut, auction.auctionId);
      resolve({ bids, timedOut, auctionId: auction.auctionId });
    });
  });
};

const eids = () => config.ortb2?.user?.eids || config.ortb2?.user?.ext?.eids || [];

const setBidderConfig = (given, isMerge) => {
  const { bidders, config: data } = given || {};
  if (!list(bidders)[0] || !data || typeof data != 'object') return warn('setBidderConfig wants bidders and config');
  list(bidders).forEach((bidder) => {
    const known = bidderConfig.find((entry) => entry.bidders[0] == bidder);
    const ortb2 = isMerge && known ? merge({}, known.config.ortb2, data.ortb2) : data.ortb2;
    if (known) known.config.ortb2 = ortb2;
    else bidderConfig.push({ bidders: [bidder], config: { ortb2 } });
  });
  return undefined;
};

const targeting = (codes) => Object.fromEntries(codesOf(codes).map((code) => [code, targetingOf(usableBids(code), config)]));

const byName = (adId) => all('bids').find((bid) => bid.adId == adId);
const ads = creatives({ find: byName, config });

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
  setConfig,
  getConfig,
  mergeConfig,
  readConfig: (path) => {
    const found = getConfig(path);
    return found && typeof found == 'object' ? JSON.parse(JSON.stringify(found)) : found;
  },
  onEvent,
  offEvent,
  getEvents,
  getAdserverTargeting: targeting,
  getAdserverTargetingForAdUnitCode: (code) => targeting([code])[code],
  getAdserverTargetingForAdUnitCodeStr: (code) =>
    Object.entries(targeting([code])[code])
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join('&'),
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
  getHighestCpmBids: (code) =>
    codesOf(code)
      .map((one) => byRank(usableBids(one))[0])
      .filter(Boolean),
  getHighestUnusedBidResponseForAdUnitCode: (code) => byRank(usableBids(code))[0],
  getAllWinningBids: () => all('bids').filter((bid) => bid.status == 'rendered'),
  getAllPrebidWinningBids: () => all('bids').filter((bid) => bid.status == 'targetingSet'),
  markWinningBidAsUsed: ({ adUnitCode, adId } = {}) => {
    const bid = adId ? byName(adId) : byRank(usableBids(adUnitCode))[0];
    if (bid) bid.status = 'rendered';
  },
  triggerBilling: ({ adUnitCode, adId } = {}) => {
    const bid = adId ? byName(adId) : byRank(usableBids(adUnitCode))[0];
    if (bid && bid.status != 'rendered') ads.won(bid);
  },
  getBidResponseByAdId: byName,
  renderAd: ads.renderAd,
  aliasBidder: (bidder, alias) => (aliases[alias] = bidder),
  clearAllAuctions: () => auctions.splice(0),
  refreshPageViewId: () => (view = uuid()),
  setBidderConfig: (given) => setBidderConfig(given),
  mergeBidderConfig: (given) => setBidderConfig(given, true),
  // The visitor's ids are those that the page gives in `ortb2`; there are no user id modules.
  getUserIds: () => ({}),
  getUserIdsAsync: () => Promise.resolve({}),
  getUserIdsAsEids: () => eids(),
  getUserIdsAsEidBySource: (source) => eids().find((eid) => eid.source == source),
  getEncryptedEidsForSource: () => Promise.resolve(undefined),
  refreshUserIds: () => Promise.resolve({}),
  getStorageUseDisclosures: () => [],
  removeUserSyncs: () => cancelSync(),
  aliasRegistry: aliases,
  adServers: {},
  getConsentMetadata: () => ({}),
  triggerUserSyncs: () => {},
  processQueue: () => {},
};

// Calls to parts that do not exist here do nothing, so that the page keeps working.
['enableAnalytics', 'registerBidAdapter', 'registerAnalyticsAdapter', 'registerSignalSources', 'setTargetingForAst'].forEach(
  (call) => (api[call] = () => warn(`${call} has no effect here`)),
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
  // Functions always run later, as pages expect; those that were queued before go first.
  const later = { push: (call) => Promise.resolve().then(() => run(call)) };
  pbjs.que = later;
  pbjs.cmd = later;
  queued.forEach((call) => later.push(call));
}
