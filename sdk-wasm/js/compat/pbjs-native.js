/*
 * Native requests as pages of Prebid.js wrote them before OpenRTB Native, and the values that they read from the bids.
 */
import { assets } from '../render.js';

const dataTypes = {
  sponsoredBy: 1,
  body: 2,
  rating: 3,
  likes: 4,
  downloads: 5,
  price: 6,
  salePrice: 7,
  phone: 8,
  address: 9,
  body2: 10,
  displayUrl: 11,
  cta: 12,
};
const imageTypes = { icon: 1, image: 3 };

const imageOf = (key, { sizes, aspect_ratios: ratios = [] }) => {
  const img = { type: imageTypes[key] };
  const [first = {}] = [].concat(ratios);
  const size = Array.isArray((sizes || [])[0]) ? sizes[0] : sizes;
  if (size) Object.assign(img, { w: size[0], h: size[1] });
  else if (first.min_width)
    Object.assign(img, {
      wmin: first.min_width,
      hmin: first.min_height || Math.ceil((first.min_width * first.ratio_height) / first.ratio_width) || 1,
    });
  const texts = []
    .concat(ratios)
    .filter((ratio) => ratio.ratio_width && ratio.ratio_height)
    .map((ratio) => `${ratio.ratio_width}:${ratio.ratio_height}`);
  if (texts[0]) img.ext = { aspectratios: texts };
  return img;
};

/** The unit's native request, whichever way it was written; nothing if it asks for no assets. */
export const nativeRequest = (unit) => {
  const wanted = unit.mediaTypes?.native || unit.nativeParams;
  if (!wanted) return undefined;
  if (wanted.ortb) return { ver: '1.2', ...wanted.ortb };
  // The only shorthand that exists: an image with text.
  const legacy =
    wanted.type == 'image'
      ? { image: { required: true }, title: { required: true }, sponsoredBy: { required: true }, clickUrl: {}, body: {}, icon: {} }
      : wanted;
  const list = [];
  Object.keys(legacy).forEach((key) => {
    const { required, len, ...rest } = legacy[key] || {};
    const asset = { id: list.length, required: required ? 1 : 0 };
    if (key == 'title') asset.title = { len: len || 140 };
    else if (imageTypes[key]) asset.img = imageOf(key, rest);
    else if (dataTypes[key]) asset.data = { type: dataTypes[key], len };
    else return;
    list.push(asset);
  });
  if (!list[0]) return undefined;
  return { ver: '1.2', assets: list, privacy: legacy.privacyLink ? 1 : undefined };
};

/** A native bid's values by name, as pages read them, and the ad itself. */
export const nativeValues = (markup, unit) => {
  const found = JSON.parse(markup);
  const ad = found.native || found;
  const wanted = nativeRequest(unit)?.assets || [];
  // An answer need not repeat the types of its assets; the request names them.
  (ad.assets || []).forEach((asset) => {
    const { img, data } = wanted.find(({ id }) => id === asset.id) || {};
    if (asset.img && img) asset.img = { type: img.type, ...asset.img };
    if (asset.data && data) asset.data = { type: data.type, ...asset.data };
  });
  const sized = {};
  (ad.assets || []).forEach(({ img }) => {
    if (img) sized[img.type == 1 ? 'icon' : 'image'] = { url: img.url, width: img.w, height: img.h };
  });
  const { adTemplate, rendererUrl } = unit.mediaTypes?.native || unit.nativeParams || {};
  return { ...assets(ad), ...sized, ortb: ad, adTemplate, rendererUrl: rendererUrl?.url || rendererUrl };
};
