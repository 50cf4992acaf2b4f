/*
 * The auction request of a page written for Prebid.js, in the form of its server adapter.
 */
import { merge, sizesOf, surroundings } from './post.js';

/** The server that bids come from: `s2sConfig`, the first one that is on, or the page config of the SDK. */
export const serverOf = (config, page) => {
  const given = [].concat(config.s2sConfig || []).find((one) => one && one.enabled !== false && one.endpoint);
  if (given) return given;
  return page.auctionUrl ? { endpoint: page.auctionUrl, accountId: page.account, timeout: page.tmax } : undefined;
};

/** The address, which may depend on the consent for storage. */
export const endpointOf = (endpoint, allowed) =>
  !endpoint || typeof endpoint == 'string' ? endpoint : allowed ? endpoint.p1Consent : endpoint.noP1Consent || endpoint.p1Consent;

/** The bidders of a unit that the server is asked for; `warn` hears of the others. */
const biddersOf = (unit, server, warn) => {
  const bidders = {};
  (unit.bids || []).forEach(({ bidder, params }) => {
    if (!bidder) return;
    if (server.bidders && !server.bidders.includes(bidder)) return warn(`bidder ${bidder} is not in s2sConfig.bidders and is not asked`);
    bidders[bidder] = params || {};
  });
  return bidders;
};

const nativeOf = (native) => {
  const request = native.ortb || {};
  return { request: JSON.stringify({ ver: '1.2', ...request }), ver: '1.2' };
};

const impOf = (unit, id, server, warn) => {
  const { banner, native } = unit.mediaTypes || { banner: { sizes: unit.sizes } };
  const imp = { id, secure: location.protocol == 'https:' ? 1 : 0, ext: { prebid: { bidder: biddersOf(unit, server, warn), adunitcode: unit.code } } };
  if (banner) {
    const format = banner.format || sizesOf(banner.sizes).map(([w, h]) => ({ w, h }));
    imp.banner = { topframe: window == top ? 1 : 0, format, pos: banner.pos };
  }
  if (native) imp.native = nativeOf(native);
  if (!banner && !native) warn(`ad unit ${unit.code} has no banner and no native`);
  return merge(imp, unit.ortb2Imp);
};

/** The body, and which unit each imp stands for. */
export const buildRequest = ({ auction, config, server, consent, ortb2, warn, aliases, view }) => {
  const units = new Map();
  const imp = auction.adUnits.map((unit) => {
    let id = unit.code;
    for (let count = 2; units.has(id); count += 1) id = `${unit.code}-${count}`;
    units.set(id, unit);
    return impOf(unit, id, server, warn);
  }).filter((one) => one.banner || one.native);
  const tmax = server.timeout || Math.min(Math.floor(auction.timeout * 0.75), server.maxTimeout || 1500);
  const currency = (config.currency || {}).adServerCurrency;
  const body = merge(
    {
      id: auction.auctionId, imp, tmax, test: config.debug ? 1 : 0, cur: currency ? [currency] : undefined,
      ...surroundings(server.accountId),
      ext: {
        prebid: {
          auctiontimestamp: auction.timestamp, targeting: { includewinners: true, includebidderkeys: false },
          channel: { name: 'pbjs', version: SDK_VERSION }, debug: config.debug ? true : undefined,
          aliases: Object.keys(aliases).length ? aliases : undefined,
        },
        earlybid: { adid: true, page_view_id: view },
      },
    },
    server.extPrebid && { ext: { prebid: server.extPrebid } },
    config.ortb2,
    ortb2,
    consent
  );
  return { body, units };
};
