/*
 * The auction request of a page written for Prebid.js, in the form of its server adapter.
 */
import { nativeRequest } from './pbjs-native.js';
import { merge, sizesOf, surroundings } from './post.js';

/** The server that bids come from: the first of `s2sConfig` that is enabled and has an endpoint, or that of the SDK's page config. */
export const serverOf = (config, page) => {
  const given = [].concat(config.s2sConfig || []).find((one) => one && one.enabled !== false && one.endpoint);
  if (given) return given;
  return page.auctionUrl ? { endpoint: page.auctionUrl, accountId: page.account, timeout: page.tmax } : undefined;
};

/** The address, which may depend on the consent for storage. */
export const endpointOf = (endpoint, allowed) =>
  !endpoint || typeof endpoint == 'string' ? endpoint : allowed ? endpoint.p1Consent : endpoint.noP1Consent || endpoint.p1Consent;

/** The bidders of a unit that the server is told to ask; `warn` hears of the others. */
const biddersOf = (unit, server, warn) => {
  const bidders = {};
  (unit.bids || []).forEach(({ bidder, params }) => {
    if (!bidder) return;
    if (server.bidders && !server.bidders.includes(bidder)) return warn(`bidder ${bidder} is not in s2sConfig.bidders and is not asked`);
    bidders[bidder] = params || {};
  });
  return bidders;
};

// Floors as the page writes them, in the form that the server knows: a single model becomes a group of one.
const floorsOf = (floors) => {
  if (!floors || typeof floors != 'object' || floors.enabled === false) return undefined;
  const { data, enforcement = {}, floorMin, floorMinCur } = floors;
  const groups = data && (data.modelGroups || [data]);
  const modelgroups = (groups || []).map(({ schema, values, default: other, currency, skipRate, modelWeight, modelVersion }) => ({
    schema,
    values,
    default: other,
    currency: currency || data.currency,
    skiprate: skipRate,
    modelweight: modelWeight,
    modelversion: modelVersion,
  }));
  return {
    enabled: true,
    floormin: floorMin,
    floormincur: floorMinCur,
    skiprate: floors.skipRate,
    floorendpoint: floors.endpoint?.url && { url: floors.endpoint.url },
    data: modelgroups[0] && { currency: data.currency, skiprate: data.skipRate, modelgroups },
    enforcement: { enforcepbs: enforcement.enforcePBS !== false, floordeals: enforcement.floorDeals, enforcerate: enforcement.enforceRate },
  };
};

// A unit's own floors: a single price becomes the floor of its imp, rules are passed on to the server.
const unitFloor = ({ floors }) => {
  const { schema, values, default: other, currency } = floors || {};
  if (values) return { ext: { prebid: { floors: { schema, values, default: other, currency } } } };
  return typeof other == 'number' ? { bidfloor: other, bidfloorcur: currency || 'USD' } : undefined;
};

const impOf = (unit, id, server, warn) => {
  const { banner } = unit.mediaTypes || (unit.nativeParams ? {} : { banner: { sizes: unit.sizes } });
  const native = nativeRequest(unit);
  const imp = {
    id,
    secure: location.protocol == 'https:' ? 1 : 0,
    ext: { prebid: { bidder: biddersOf(unit, server, warn), adunitcode: unit.code } },
  };
  if (banner) {
    const format = banner.format || sizesOf(banner.sizes).map(([w, h]) => ({ w, h }));
    imp.banner = { topframe: window == top ? 1 : 0, format, pos: banner.pos };
  }
  if (native) imp.native = { request: JSON.stringify(native), ver: native.ver };
  if (!banner && !native) warn(`ad unit ${unit.code} has no banner and no native with assets`);
  return merge(imp, unitFloor(unit), unit.ortb2Imp);
};

/** The body, and the unit that each imp stands for. */
export const buildRequest = ({ auction, config, server, consent, ortb2, warn, aliases, bidderConfig, view }) => {
  const units = new Map();
  const imp = auction.adUnits
    .map((unit) => {
      let id = unit.code;
      for (let count = 2; units.has(id); count += 1) id = `${unit.code}-${count}`;
      units.set(id, unit);
      return impOf(unit, id, server, warn);
    })
    .filter((one) => one.banner || one.native);
  const tmax = server.timeout || Math.min(Math.floor(auction.timeout * 0.75), server.maxTimeout || 1500);
  const currency = config.currency?.adServerCurrency;
  const body = merge(
    {
      id: auction.auctionId,
      imp,
      tmax,
      test: config.debug ? 1 : 0,
      cur: currency ? [currency] : undefined,
      ...surroundings(server.accountId),
      ext: {
        prebid: {
          auctiontimestamp: auction.timestamp,
          targeting: { includewinners: true, includebidderkeys: false },
          channel: { name: 'pbjs', version: SDK_VERSION },
          debug: config.debug ? true : undefined,
          aliases: Object.keys(aliases).length ? aliases : undefined,
          bidderconfig: bidderConfig[0] ? bidderConfig : undefined,
          floors: floorsOf(config.floors),
        },
        earlybid: { adid: true, page_view_id: view },
      },
    },
    server.extPrebid && { ext: { prebid: server.extPrebid } },
    config.ortb2,
    ortb2,
    consent,
  );
  return { body, units };
};
