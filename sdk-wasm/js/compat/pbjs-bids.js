/*
 * Bids and key-values as pages of Prebid.js know them: bid objects, price steps, which keys a bid has.
 */

// Upper end of each step and its width; prices above the last are cut to its end.
const steps = {
  low: [[5, 0.5]],
  medium: [[20, 0.1]],
  high: [[20, 0.01]],
  auto: [[5, 0.05], [10, 0.1], [20, 0.5]],
  dense: [[3, 0.01], [8, 0.05], [20, 0.5]],
};

const named = (name) => steps[name] && steps[name].map(([max, increment]) => ({ max, increment }));

/** The price as the line items know it, or '' below the first step. */
export const priceKey = (cpm, granularity = 'medium') => {
  const buckets = named(granularity) || (granularity || {}).buckets || named('medium');
  const last = buckets[buckets.length - 1];
  const { precision: places = 2 } = last;
  if (cpm > last.max) return Number(last.max).toFixed(places);
  let from = 0;
  for (const { max, increment, min = from, precision = 2 } of buckets) {
    if (cpm <= max && cpm >= min) {
      // A hundred millionth keeps 0.3 in its own step: in binary it is a little less.
      const count = Math.floor((cpm - min) / increment + 1e-8);
      return (min + count * increment).toFixed(precision);
    }
    from = max;
  }
  return '';
};

const mediaTypes = { 1: 'banner', 2: 'video', 3: 'audio', 4: 'native' };

/** A bid of the answer as a bid object. */
export const makeBid = (found, { seat, unit, auction, currency, config, adjust }) => {
  const prebid = (found.ext || {}).prebid || {};
  const mediaType = prebid.type || mediaTypes[found.mtype] || 'banner';
  const markup = (found.adm || '').split('${AUCTION_PRICE}').join(found.price);
  const request = auction.requests.find((one) => one.bidder == seat && one.adUnitCode == unit.code) || {};
  const bid = {
    bidderCode: seat, bidder: seat, adapterCode: (prebid.meta || {}).adaptercode || seat,
    width: found.w || 0, height: found.h || 0, size: `${found.w || 0}x${found.h || 0}`,
    statusMessage: 'Bid available', mediaType, source: 's2s',
    adId: prebid.bidid || found.id, requestId: request.bidId || prebid.bidid || found.id, auctionId: auction.auctionId,
    adUnitCode: unit.code, transactionId: unit.transactionId, adUnitId: unit.adUnitId,
    cpm: found.price, currency, originalCpm: found.price, originalCurrency: currency,
    creativeId: found.crid, creative_id: found.crid, dealId: found.dealid, netRevenue: true, ttl: found.exp || 60,
    ad: markup, adUrl: markup ? undefined : found.nurl, burl: found.burl,
    meta: { advertiserDomains: found.adomain || [], primaryCatId: (found.cat || [])[0], ...prebid.meta },
    requestTimestamp: auction.timestamp, responseTimestamp: Date.now(), timeToRespond: Date.now() - auction.timestamp,
    notices: [found.adm && found.nurl, found.burl, (prebid.events || {}).win].filter(Boolean),
    serverKeys: prebid.targeting || {},
    getSize: () => bid.size,
    getStatusCode: () => 1,
  };
  if (mediaType == 'native') {
    try {
      const ad = JSON.parse(markup);
      bid.native = { ortb: ad.native || ad };
    } catch (error) {
      // Left without assets; the creative is told that there is no ad.
    }
  }
  bid.cpm = adjust(bid);
  Object.assign(bid, { pbLg: priceKey(bid.cpm, 'low'), pbMg: priceKey(bid.cpm, 'medium'), pbHg: priceKey(bid.cpm, 'high'), pbAg: priceKey(bid.cpm, 'auto'), pbDg: priceKey(bid.cpm, 'dense') });
  bid.adserverTargeting = keysOf(bid, config);
  return bid;
};

const own = /^hb_(pb|bidder|adid|size|deal|format|source|env|cache)/;

const keysOf = (bid, config) => {
  const granularity = (config.mediaTypePriceGranularity || {})[bid.mediaType] || config.priceGranularity;
  const keys = {};
  // What the server adds of its own stays; the rest is said anew, from the price after adjustment.
  Object.keys(bid.serverKeys).forEach((key) => {
    if (!own.test(key)) keys[key] = String(bid.serverKeys[key]);
  });
  Object.assign(keys, { hb_bidder: bid.bidderCode, hb_adid: bid.adId, hb_pb: priceKey(bid.cpm, granularity), hb_size: bid.size, hb_format: bid.mediaType });
  if (bid.dealId) keys.hb_deal = bid.dealId;
  return keys;
};

/** Whether a bid may still be offered. */
export const usable = (bid, config) =>
  bid.status != 'rendered' && bid.responseTimestamp + bid.ttl * 1000 - (config.ttlBuffer === undefined ? 1 : config.ttlBuffer) * 1000 > Date.now();

/** Highest first. */
export const byPrice = (bids) => bids.slice().sort((one, other) => other.cpm - one.cpm);

/** The key-values of an ad unit whose bids these are. */
export const targetingOf = (bids, config) => {
  const ranked = byPrice(bids.filter((bid) => bid.cpm > 0 || (config.targetingControls || {}).allowZeroCpmBids));
  const keys = {};
  const seen = {};
  const set = (key, value) => (keys[key.slice(0, 20)] = value);
  if (config.enableSendAllBids !== false) {
    const { bidLimit = 0 } = config.sendBidsControl || {};
    let count = 0;
    ranked.forEach((bid) => {
      if (seen[bid.bidderCode] || (bidLimit && count >= bidLimit)) return;
      seen[bid.bidderCode] = 1;
      count += 1;
      Object.keys(bid.adserverTargeting).forEach((key) => own.test(key) && set(`${key}_${bid.bidderCode}`, bid.adserverTargeting[key]));
    });
  }
  if (ranked[0]) Object.keys(ranked[0].adserverTargeting).forEach((key) => set(key, ranked[0].adserverTargeting[key]));
  return keys;
};
