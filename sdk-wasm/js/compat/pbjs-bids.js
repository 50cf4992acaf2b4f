/*
 * Bids and key-values as pages of Prebid.js know them: bid objects, price steps, which keys a bid has.
 */
import { nativeValues } from './pbjs-native.js';
import { priceKey } from './price-key.js';

const mediaTypes = { 1: 'banner', 2: 'video', 3: 'audio', 4: 'native' };

/** A bid of the answer as a bid object. The server gives key-values only to the best bid of an imp. */
export const makeBid = (found, { seat, unit, auction, currency, config, adjust }) => {
  const prebid = found.ext?.prebid || {};
  const mediaType = prebid.type || mediaTypes[found.mtype] || 'banner';
  const markup = (found.adm || '').split('${AUCTION_PRICE}').join(found.price);
  const request = auction.requests.find((one) => one.bidder == seat && one.adUnitCode == unit.code) || {};
  const bid = {
    bidderCode: seat,
    bidder: seat,
    adapterCode: prebid.meta?.adaptercode || seat,
    width: found.w || 0,
    height: found.h || 0,
    size: `${found.w || 0}x${found.h || 0}`,
    statusMessage: 'Bid available',
    mediaType,
    source: 's2s',
    adId: prebid.bidid || found.id,
    requestId: request.bidId || prebid.bidid || found.id,
    auctionId: auction.auctionId,
    adUnitCode: unit.code,
    transactionId: unit.transactionId,
    adUnitId: unit.adUnitId,
    cpm: found.price,
    currency,
    originalCpm: found.price,
    originalCurrency: currency,
    creativeId: found.crid,
    creative_id: found.crid,
    dealId: found.dealid,
    netRevenue: true,
    ttl: found.exp || 60,
    ad: markup,
    adUrl: markup ? undefined : found.nurl,
    burl: found.burl,
    meta: { advertiserDomains: found.adomain || [], primaryCatId: (found.cat || [])[0], ...prebid.meta },
    requestTimestamp: auction.timestamp,
    responseTimestamp: Date.now(),
    timeToRespond: Date.now() - auction.timestamp,
    notices: [found.adm && found.nurl, found.burl, prebid.events?.win].filter(Boolean),
    serverKeys: prebid.targeting || {},
    isHouse: seat == 'house',
    isFirst: !!prebid.targeting?.hb_pb,
    getSize: () => bid.size,
    getStatusCode: () => 1,
  };
  if (mediaType == 'native') {
    try {
      bid.native = nativeValues(markup, unit);
    } catch {
      // Left without assets: a native creative that asks for them gets none.
    }
  }
  bid.cpm = adjust(bid);
  Object.assign(bid, {
    pbLg: priceKey(bid.cpm, 'low'),
    pbMg: priceKey(bid.cpm, 'medium'),
    pbHg: priceKey(bid.cpm, 'high'),
    pbAg: priceKey(bid.cpm, 'auto'),
    pbDg: priceKey(bid.cpm, 'dense'),
  });
  bid.adserverTargeting = keysOf(bid, config);
  return bid;
};

const own = /^hb_(pb|bidder|adid|size|deal|format|source|env|cache)/;

const keysOf = (bid, config) => {
  const granularity = config.mediaTypePriceGranularity?.[bid.mediaType] || config.priceGranularity;
  const keys = {};
  // Keys of the server's own stay; the usual ones are set again, from the price after adjustment.
  Object.keys(bid.serverKeys).forEach((key) => {
    if (!own.test(key)) keys[key] = String(bid.serverKeys[key]);
  });
  Object.assign(keys, {
    hb_bidder: bid.bidderCode,
    hb_adid: bid.adId,
    hb_pb: priceKey(bid.cpm, granularity),
    hb_size: bid.size,
    hb_format: bid.mediaType,
  });
  if (bid.dealId) keys.hb_deal = bid.dealId;
  return keys;
};

/** Whether a bid may still be offered. */
export const usable = (bid, config) =>
  bid.status != 'rendered' &&
  bid.responseTimestamp + bid.ttl * 1000 - (config.ttlBuffer === undefined ? 1 : config.ttlBuffer) * 1000 > Date.now();

/**
 * Best first. The server's order counts, since it knows the priorities of house line items and of deals; where the page adjusts
 * prices, those of SSPs are compared again, and a house bid keeps its place before or after all of them.
 */
export const byRank = (bids) => {
  const isAdjusted = bids.some((bid) => bid.cpm !== bid.originalCpm);
  const place = ({ isHouse, isFirst }) => (isHouse ? (isFirst ? 3 : 0) : isFirst && !isAdjusted ? 2 : 1);
  return bids.slice().sort((one, other) => place(other) - place(one) || other.cpm - one.cpm);
};

/** The key-values of an ad unit with these bids. */
export const targetingOf = (bids, config) => {
  const ranked = byRank(bids.filter((bid) => bid.cpm > 0 || config.targetingControls?.allowZeroCpmBids));
  const keys = {};
  const bidders = {};
  const set = (key, value) => (keys[key.slice(0, 20)] = value);
  if (config.enableSendAllBids !== false) {
    const { bidLimit = 0 } = config.sendBidsControl || {};
    let count = 0;
    ranked.forEach((bid) => {
      if (bidders[bid.bidderCode] || (bidLimit && count >= bidLimit)) return;
      bidders[bid.bidderCode] = 1;
      count += 1;
      Object.keys(bid.adserverTargeting).forEach((key) => own.test(key) && set(`${key}_${bid.bidderCode}`, bid.adserverTargeting[key]));
    });
  }
  if (ranked[0]) Object.keys(ranked[0].adserverTargeting).forEach((key) => set(key, ranked[0].adserverTargeting[key]));
  return keys;
};
