/*
 * `window.apstag` for pages written for Amazon Publisher Services: the same calls and key-values, over the bid server.
 *
 * Its address comes from `init({ …, earlybid: { endpoint, account, priceCodes } })`, or from the SDK's page config.
 */
import { allowed, apis, grantsStorage, inRequest, readConsent } from '../consent.js';
import { notify, renderInto } from '../protocol.js';
import { pageConfig, post, safely, sizesOf, surroundings, uuid } from './post.js';
import { priceKey } from './price-key.js';

const keys = ['amznbid', 'amzniid', 'amznsz', 'amznp'];
const apstag = (window.apstag = window.apstag || {});
const slots = {};
const ads = {};
let settings;

let debugging = false;
try {
  // Set by `apstag.debug`, on this page or an earlier one.
  debugging = localStorage.getItem('apstagDebug') === '1';
} catch {
  // This page has no access to storage.
}
const warn = (...words) => debugging && console.warn('apstag:', ...words);
// What only the publisher can mend is written to the console, once, even without debugging.
const complaints = new Set();
const complain = (text) => {
  if (!complaints.has(text)) console.warn('apstag:', text);
  complaints.add(text);
};

/** A slot without a bid, as a bid object: its state is '1' while bids are under way, '2' if nobody bids. */
const empty = (slot, state) => ({
  slotID: slot.slotID,
  size: '0x0',
  mediaType: slot.mediaType == 'video' ? 'v' : 'd',
  amznbid: state,
  amzniid: '',
  amznp: state,
  amznsz: '0x0',
  targeting: keys,
  meta: ['slotID', 'mediaType', 'size'],
});

const filled = (slot, bid) => {
  const prebid = bid.ext?.prebid || {};
  const price = prebid.targeting?.hb_pb || priceKey(bid.price);
  const code = settings.earlybid?.priceCodes?.[price] || price;
  const size = `${bid.w}x${bid.h}`;
  const iid = prebid.bidid || bid.id;
  ads[iid] = {
    ad: (bid.adm || '').split('${AUCTION_PRICE}').join(bid.price),
    adUrl: bid.adm ? undefined : bid.nurl,
    width: bid.w,
    height: bid.h,
    notices: [bid.adm && bid.nurl, bid.burl, prebid.events?.win].filter(Boolean),
  };
  const found = { ...empty(slot, code), size, crid: bid.crid, fif: '1', amzniid: iid, amznsz: size, amznactt: 'OPEN' };
  if (settings.deals && bid.dealid) {
    Object.assign(found, { amznbid_sp: code, amzniid_sp: iid, amznp_sp: code, amznsz_sp: size, amzndeal_sp: bid.dealid });
    found.targeting = [...keys, 'amznbid_sp', 'amzniid_sp', 'amznp_sp', 'amznsz_sp', 'amzndeal_sp'];
  }
  found.helpers = { targetingKeys: found.targeting };
  found.qsParams = keys.map((key) => `${key}=${encodeURIComponent(found[key])}`).join('&');
  found.encodedQsParams = encodeURIComponent(found.qsParams);
  return found;
};

// The server knows a slot by the name that `stored` gives it, or else by its own, since a page of apstag names no bidders.
const storedOf = ({ slotID, slotName }) => {
  const { stored = {} } = settings.earlybid || {};
  return stored === false ? undefined : { id: stored[slotID] || slotName || slotID };
};

const impOf = (slot) => ({
  id: slot.slotID,
  tagid: slot.slotName,
  banner: { format: sizesOf(slot.sizes).map(([w, h]) => ({ w, h })) },
  // Amazon counts floors in hundredths.
  bidfloor: slot.floor ? slot.floor.value / 100 : undefined,
  bidfloorcur: slot.floor ? slot.floor.currency || 'USD' : undefined,
  secure: location.protocol == 'https:' ? 1 : 0,
  ext: {
    data: slot.slotParams,
    gpid: slot.slotName,
    prebid: { storedrequest: storedOf(slot) },
  },
});

const request = (wanted, timeout, params, consent) => {
  const { account } = settings.earlybid || {};
  const data = { ...settings.params, ...params };
  const around = surroundings(account || pageConfig().account || settings.pubID);
  if (Object.keys(data).length) around.site.ext = { data };
  return {
    id: uuid(),
    imp: wanted.map(impOf),
    tmax: Math.max(50, timeout - 100),
    ...around,
    ...consent,
    source: settings.schain ? { schain: settings.schain } : undefined,
    ext: {
      prebid: { targeting: { includewinners: true, includebidderkeys: false }, channel: { name: 'apstag', version: SDK_VERSION } },
      earlybid: { adid: true },
    },
  };
};

const withConsent = (run) => {
  const wanted = settings.gdpr || {};
  // A string of the page's own, as a CMP would give it.
  if (wanted.consent && wanted.enabled !== false) {
    const string = String(wanted.consent);
    const known = { gpc: navigator.globalPrivacyControl === true, tcf: { applies: true, string, storage: grantsStorage(string) } };
    return run(known, allowed(known, { apis: ['tcf'], deviceAccess: settings.deviceAccess }));
  }
  const own = {
    cmpTimeout: wanted.cmpTimeout ?? 50,
    actionTimeout: settings.bidTimeout || 2000,
    deviceAccess: settings.deviceAccess,
  };
  own.apis = Object.keys(apis).filter((api) => window[apis[api][0]]);
  // A CMP that is announced but absent gives no permission.
  if (settings.gdpr && wanted.enabled !== false && !own.apis.includes('tcf')) own.apis.push('tcf');
  return readConsent(own, (known) => run(known, allowed(known, own)));
};

// The server gives key-values only to the best bid of an imp. Its order counts, since it knows priorities and deals.
const isBetter = (one, other) => {
  const isFirst = ({ ext }) => !!ext?.prebid?.targeting?.hb_pb;
  return isFirst(one) === isFirst(other) ? one.price > other.price : isFirst(one);
};

// If nobody was asked, the set-up is at fault, although the auction looks like any other without bids.
const explain = ({ seatbid = [], ext = {} }) => {
  const faults = [].concat(...['errors', 'warnings'].map((kind) => Object.values(ext[kind] || {}))).flat();
  const text = faults
    .map(({ message } = {}) => message)
    .filter(Boolean)
    .join('; ');
  if (!seatbid[0] && text) complain(`no bids: ${text}`);
  else if (!seatbid[0] && ext.responsetimemillis && !Object.keys(ext.responsetimemillis)[0])
    complain('no bidder was asked: the bid server needs a stored imp for each slot, by its slotName or by earlybid.stored');
};

const fetchBids = (options = {}, callback) => {
  if (!settings) return warn('fetchBids before init');
  const wanted = (options.slots || []).filter((slot) => slot && slot.slotID && slot.mediaType != 'video');
  const timeout = options.timeout || options.bidTimeout || settings.bidTimeout || 2000;
  const url = settings.earlybid?.endpoint || pageConfig().auctionUrl;
  const done = (bids) => {
    (options.slots || []).forEach((slot) => (slots[slot.slotID] = bids.find((bid) => bid.slotID == slot.slotID) || empty(slot, '2')));
    if (callback)
      safely(
        callback,
        (options.slots || []).map((slot) => slots[slot.slotID]),
      );
  };
  (options.slots || []).forEach((slot) => (slots[slot.slotID] = empty(slot, '1')));
  if (!url || !wanted[0]) {
    if (url) warn('no slots for display');
    else complain('neither earlybid.endpoint of init nor auctionUrl of the page config is there, so nobody is asked');
    return done([]);
  }
  return withConsent((known, may) =>
    post(url, request(wanted, timeout, options.params, inRequest(known)), { timeout, cookies: may }, (failure, answer) => {
      if (failure == 'status') complain(`the bid server refused the auction: ${answer}`);
      else if (failure) warn(`the auction failed: ${failure}`);
      else explain(answer);
      const best = {};
      (failure ? [] : answer?.seatbid || []).forEach((seat) =>
        (seat.bid || []).forEach((bid) => {
          const blocked = (settings.blockedBidders || []).includes(seat.seat);
          if (!blocked && bid.price > 0 && (!best[bid.impid] || isBetter(bid, best[bid.impid]))) best[bid.impid] = bid;
        }),
      );
      done(wanted.filter((slot) => best[slot.slotID]).map((slot) => filled(slot, best[slot.slotID])));
    }),
  );
};

const adSlots = () => window.googletag?.pubads?.().getSlots() || [];
const clear = (known) => known.getTargetingKeys().forEach((key) => key.startsWith('amzn') && known.clearTargeting(key));

const setDisplayBids = (codes) => {
  const chosen = codes && [].concat(codes);
  adSlots().forEach((known) => {
    const bid = slots[known.getSlotElementId()];
    if (!bid || (chosen && !chosen.includes(bid.slotID))) return;
    // Removes what an earlier auction has left, including the keys of deals.
    clear(known);
    bid.targeting.forEach((key) => bid[key] && known.setTargeting(key, bid[key]));
  });
};

const clearKeys = (iid) => {
  const known = adSlots().find((slot) => slot.getTargeting('amzniid').includes(iid));
  if (known) clear(known);
};

/** Writes the ad of this name into the document of a frame of the page, once. */
const renderImp = (target, iid) => {
  const ad = ads[iid];
  if (!target || target === document || !ad || (!ad.ad && !ad.adUrl)) return warn(`no ad of this name: ${iid}`);
  delete ads[iid];
  // From now on the ad server is asked without it.
  safely(clearKeys, iid);
  renderInto(target, ad, () => {});
  const frame = target.defaultView?.frameElement;
  if (frame) Object.assign(frame, { width: ad.width, height: ad.height });
  return notify(ad.notices);
};

const debug = (command) => {
  debugging = /^enable/.test(command);
  try {
    localStorage.setItem('apstagDebug', debugging ? '1' : '0');
  } catch {
    // Then it lasts only until the next page.
  }
};

const init = (given, callback) => {
  settings = given || {};
  if (callback) safely(callback);
};

const queued = apstag._Q || [];
const nothing = () => {};
Object.assign(apstag, {
  init,
  fetchBids,
  setDisplayBids,
  renderImp,
  debug,
  targetingKeys: () => keys.slice(),
  rpa: nothing,
  upa: nothing,
  dpa: nothing,
});
const run = ([kind, values]) => (kind == 'i' ? init : fetchBids)(...values);
apstag._Q = { push: (...calls) => calls.forEach((call) => safely(run, call)) };
queued.forEach((call) => safely(run, call));
