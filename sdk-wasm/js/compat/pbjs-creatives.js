/*
 * Ads of the layer for Prebid.js pages: answers creatives, native ones included, and `renderAd`. A bid is shown once.
 */
import { serveNative } from '../native.js';
import { notify, renderer, renderInto, replier, resize, visible } from '../protocol.js';
import * as native from '../render.js';
import { safely } from './post.js';
import { emit } from './pbjs-events.js';
import { elementOf, spend } from './pbjs-gpt.js';

const expired = (bid) => bid.responseTimestamp + bid.ttl * 1000 < Date.now();

/** `find` gives the bid that has a name. */
export const creatives = ({ find, config }) => {
  const fail = (reason, message, bid, adId) => emit('adRenderFailed', { reason, message, bid, adId }, adId);

  const won = (bid) => {
    bid.status = 'rendered';
    safely(spend, bid.adId);
    notify(bid.notices);
    emit('bidWon', bid, bid.adUnitCode);
  };

  // Whether the bid may be shown; if not, listeners hear why.
  const mayShow = (bid, adId) => {
    const { suppressExpiredRender } = config.auctionOptions || {};
    if (!bid) fail('cannotFindAd', `no bid of this name: ${adId}`, undefined, adId);
    else if (bid.status == 'rendered') emit('staleRender', bid, bid.adUnitCode);
    else if (!bid.ad && !bid.adUrl) fail('noAd', 'the bid has no markup', bid, adId);
    else {
      if (expired(bid)) emit('expiredRender', bid, bid.adUnitCode);
      return !(suppressExpiredRender && expired(bid));
    }
    return false;
  };

  const request = (bid, { adId, options = {}, adServerDomain }, reply, source) => {
    if (!mayShow(bid, adId)) return;
    const { ad, adUrl, width, height, mediaType } = bid;
    const place = safely(elementOf, adId);
    if (mediaType == 'native' && bid.native) {
      safely(serveNative, native, { reply, source }, place, { message: 'Prebid Request', adId }, bid.ad);
    } else {
      const click = options.clickUrl || '';
      const response = {
        message: 'Prebid Response',
        adId,
        ad: ad && ad.split('${CLICKTHROUGH}').join(click),
        adUrl,
        width,
        height,
        mediaType,
        instl: false,
      };
      // The Universal Creative is quicker with its own renderer; Prebid's other creative has none.
      reply(JSON.stringify(adServerDomain ? response : { ...response, renderer, rendererVersion: 3 }));
      const frame = place && visible(place);
      if (frame && width && height) resize(frame, width, height);
    }
    won(bid);
  };

  const heard = (event) => {
    const { data, source } = event;
    if (typeof data != 'string' || data[0] != '{' || !data.includes('adId')) return;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    const { message: kind, adId, action, event: name, info = {}, intervention } = message;
    const bid = adId && find(adId);
    // A frame that has been removed in the meantime must not use up a bid.
    if (kind == 'Prebid Request' && !source?.closed) request(bid, message, replier(event), source);
    if (!bid) return;
    if (kind == 'Prebid Native') {
      const place = safely(elementOf, adId);
      const asks = /sset/.test(action || '');
      if (asks && !mayShow(bid, adId)) return;
      if (asks || bid.status == 'rendered') safely(serveNative, native, { reply: replier(event), source }, place, message, bid.ad);
      if (asks) won(bid);
    }
    // Until a creative has asked for the ad, it has nothing to report.
    if (kind != 'Prebid Event' || bid.status != 'rendered') return;
    if (name == 'adRenderSucceeded') emit('adRenderSucceeded', { doc: null, bid, adId }, adId);
    if (name == 'adRenderFailed') fail(info.reason, info.message, bid, adId);
    if (name == 'browserIntervention') emit('browserIntervention', { bid, adId, intervention }, adId);
  };

  /** Writes an ad into the document of a frame of the page. */
  const renderAd = (target, adId, options = {}) => {
    if (!target || !adId) return fail('missingDocOrAdid', 'renderAd wants a document and the name of an ad', undefined, adId);
    const bid = find(adId);
    if (bid && target === document) return fail('preventWritingOnMainDocument', 'ads are not written into the page itself', bid, adId);
    if (!mayShow(bid, adId)) return undefined;
    const show = () => {
      try {
        write(target, bid, options.clickThrough || '');
        won(bid);
      } catch (error) {
        fail('exception', String(error), bid, adId);
      }
    };
    // If the bid is shown elsewhere before the document has been parsed, it is not shown here.
    if (target.readyState == 'loading') target.addEventListener('DOMContentLoaded', () => bid.status != 'rendered' && show());
    else show();
    return undefined;
  };

  const write = (target, bid, click) => {
    const { adId } = bid;
    const succeeded = () => emit('adRenderSucceeded', { doc: target, bid, adId }, adId);
    if (bid.mediaType == 'native' && bid.native) {
      // What a creative in another frame would post comes through this function.
      const say = (kind, { action }) => {
        if (action == 'fireNativeImpressionTrackers') notify(native.impressions(bid.native.ortb)), succeeded();
        if (action == 'click') notify(native.clicks(bid.native.ortb));
      };
      const { adTemplate, rendererUrl } = bid.native;
      native.renderNative(target, { ...native.answer({ adId }, bid.native.ortb), adTemplate, rendererUrl }, undefined, say);
    } else {
      renderInto(target, { ...bid, ad: (bid.ad || '').split('${CLICKTHROUGH}').join(click) }, succeeded);
    }
    const frame = target.defaultView?.frameElement;
    if (frame && bid.width && bid.height) Object.assign(frame, { width: bid.width, height: bid.height });
  };

  return { heard, renderAd, won };
};
