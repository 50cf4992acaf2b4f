/*
 * Ads of the layer for Prebid.js pages: answers Prebid Universal Creative, native included, and `renderAd`.
 */
import { serveNative } from '../native.js';
import { notify, renderInto, resize, visible } from '../protocol.js';
import * as native from '../render.js';
import { safely } from './post.js';
import { emit } from './pbjs-events.js';
import { elementOf } from './pbjs-gpt.js';

/** `find` gives the bid of a name. */
export const creatives = ({ find }) => {
  const fail = (reason, message, bid, adId) => emit('adRenderFailed', { reason, message, bid, adId }, adId);

  const won = (bid) => {
    const again = bid.status == 'rendered';
    bid.status = 'rendered';
    if (again) return emit('staleRender', bid, bid.adUnitCode);
    notify(bid.notices);
    return emit('bidWon', bid, bid.adUnitCode);
  };

  const expired = (bid) => bid.responseTimestamp + bid.ttl * 1000 < Date.now();

  const request = (bid, adId, port) => {
    if (!bid) return fail('cannotFindAd', `no bid of this name: ${adId}`, undefined, adId);
    if (!bid.ad && !bid.adUrl) return fail('noAd', 'the bid has no markup', bid, adId);
    if (expired(bid)) emit('expiredRender', bid, bid.adUnitCode);
    const { ad, adUrl, width, height, mediaType } = bid;
    const answer = { message: 'Prebid Response', adId, ad, adUrl, width, height, mediaType, instl: false };
    if (mediaType == 'native' && bid.native) Object.assign(answer, { ad: undefined }, native.answer({ action: 'allAssetRequest', adId }, bid.native.ortb), { message: 'Prebid Response' });
    if (port) port.postMessage(JSON.stringify(answer));
    const place = safely(elementOf, adId);
    const frame = place && visible(place);
    if (frame && width && height) resize(frame, width, height);
    return won(bid);
  };

  const heard = ({ data, ports: [port] }) => {
    if (typeof data != 'string' || data[0] != '{' || !data.includes('adId')) return;
    let said;
    try {
      said = JSON.parse(data);
    } catch (error) {
      return;
    }
    const { message, adId, event, info = {} } = said;
    const bid = adId && find(adId);
    if (message == 'Prebid Request') request(bid, adId, port);
    if (!bid) return;
    if (message == 'Prebid Native') {
      const asks = /sset/.test(said.action || '');
      if (asks && bid.status != 'rendered') won(bid);
      safely(serveNative, native, port, safely(elementOf, adId), said, bid.ad);
    }
    // Before it has asked, a creative has nothing to tell.
    if (message != 'Prebid Event' || bid.status != 'rendered') return;
    if (event == 'adRenderSucceeded') emit('adRenderSucceeded', { doc: null, bid, adId }, adId);
    if (event == 'adRenderFailed') fail(info.reason, info.message, bid, adId);
    if (event == 'browserIntervention') emit('browserIntervention', { bid, adId, intervention: said.intervention }, adId);
  };

  /** Writes an ad into the document of a frame of the page. */
  const renderAd = (target, adId, options = {}) => {
    if (!target || !adId) return fail('missingDocOrAdid', 'renderAd wants a document and the name of an ad', undefined, adId);
    const bid = find(adId);
    if (!bid) return fail('cannotFindAd', `no bid of this name: ${adId}`, undefined, adId);
    if (target === document) return fail('preventWritingOnMainDocument', 'ads are not written into the page itself', bid, adId);
    if (bid.mediaType == 'native' && bid.native) {
      // No creative asks for the assets here, so that they are laid out by the default template.
      const ad = { ...bid, ad: native.html(bid.native.ortb) };
      notify(native.impressions(bid.native.ortb));
      return write(target, bid, ad, adId);
    }
    if (!bid.ad && !bid.adUrl) return fail('noAd', 'the bid has no markup', bid, adId);
    const click = options.clickThrough || '';
    return write(target, bid, { ...bid, ad: (bid.ad || '').split('${CLICKTHROUGH}').join(click) }, adId);
  };

  const write = (target, bid, ad, adId) => {
    const show = () => {
      try {
        renderInto(target, ad, () => emit('adRenderSucceeded', { doc: target, bid, adId }, adId));
        const frame = (target.defaultView || {}).frameElement;
        if (frame && bid.width && bid.height) Object.assign(frame, { width: bid.width, height: bid.height });
        won(bid);
      } catch (error) {
        fail('exception', String(error), bid, adId);
      }
    };
    if (target.readyState == 'loading') target.addEventListener('DOMContentLoaded', show);
    else show();
  };

  return { heard, renderAd };
};
