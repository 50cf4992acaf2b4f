/*
 * Ads that come as data: native ads (OpenRTB Native 1.2) and house ads made of image, link and
 * text. Fetched when the first such ad is to be shown, so that other pages do not pay for it.
 */
import { fillTemplate, isTemplate } from './native-renderer.js';
import { renderInto } from './protocol.js';

export { serveNative } from './native.js';

const images = { 1: 'icon', 3: 'image' };
const data = {
  1: 'sponsoredBy',
  2: 'body',
  3: 'rating',
  4: 'likes',
  5: 'downloads',
  6: 'price',
  7: 'salePrice',
  8: 'phone',
  9: 'address',
  10: 'body2',
  11: 'displayUrl',
  12: 'cta',
};
// Creatives ask for assets by the names of ad server keys; these are the keys that differ from the asset's name.
const keys = {
  sponsoredBy: 'hb_native_brand',
  clickUrl: 'hb_native_linkurl',
  privacyLink: 'hb_native_privacy',
  displayUrl: 'hb_native_displayurl',
  salePrice: 'hb_native_saleprice',
};
const keyOf = (name) => keys[name] || 'hb_native_' + name;

const list = (value) => (Array.isArray(value) ? value : value ? [value] : []);

/** What an ad is made of: native data as an object, whether or not it is wrapped. */
export const read = (text) => {
  const found = JSON.parse(text);
  return found.native || found;
};

/** A native ad's assets by name: title, body, image, icon, clickUrl, … */
export const assets = (ad) => {
  const found = {};
  list(ad.assets).forEach(({ title, img, data: value }) => {
    if (title) found.title = title.text;
    else if (img) found[images[img.type] || 'image'] = img.url;
    else if (value && data[value.type]) found[data[value.type]] = value.value;
  });
  if (ad.link) found.clickUrl = ad.link.url;
  if (ad.privacy) found.privacyLink = ad.privacy;
  return found;
};

const events = (ad, wanted) =>
  list(ad.eventtrackers)
    .filter(({ event, method }) => event == wanted && method == 1)
    .map(({ url }) => url);

/** Addresses to call when the ad has been shown. */
export const impressions = (ad) => [...list(ad.imptrackers), ...events(ad, 1), ...list(ad.impression)];

/** Addresses to call when the visitor has clicked. */
export const clicks = (ad) => [...list(ad.link && ad.link.clicktrackers), ...list(ad.click)];

/** The answer to a native creative that asks for assets. */
export const answer = (message, ad) => {
  const wanted = message.action == 'assetRequest' ? list(message.assets) : null;
  const found = Object.entries(assets(ad)).map(([key, value]) => ({ key, value }));
  return {
    message: 'assetResponse',
    adId: message.adId,
    ortb: ad,
    keys,
    assets: wanted ? found.filter(({ key }) => wanted.includes(keyOf(key)) || wanted.includes(key)) : found,
  };
};

const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

// Only web addresses and paths may be followed or shown.
const address = (url) => (/^(https?:)?\/\/|^\/[^/]/i.test(url || '') ? escaped(url) : '');

const anchor = (url, inside) =>
  address(url)
    ? `<a href="${address(url)}" target="_blank" rel="noopener" style="color:inherit;text-decoration:none">${inside}</a>`
    : inside;

const picture = (url, alt) =>
  address(url) ? `<img src="${address(url)}" alt="${escaped(alt || '')}" style="display:block;max-width:100%;height:auto;border:0">` : '';

const native = (ad, template) => {
  const found = assets(ad);
  if (template) {
    return template.replace(/##(?:hb_native_)?(\w+)##/g, (whole, name) => {
      const asset = Object.keys(found).find((known) => known == name || keyOf(known) == 'hb_native_' + name);
      if (!asset) return '';
      return /Url$|^image$|^icon$|Link$/.test(asset) ? address(found[asset]) : escaped(found[asset]);
    });
  }
  const text = (value, style) => (value ? `<div style="${style}">${escaped(value)}</div>` : '');
  return anchor(
    found.clickUrl,
    `<div style="font:14px/1.4 sans-serif">${picture(found.image || found.icon, found.title)}${text(found.title, 'font-weight:bold')}${text(
      found.body,
      '',
    )}${text(found.sponsoredBy, 'opacity:.7')}${text(found.cta, 'text-decoration:underline')}</div>`,
  );
};

/** Shows a native ad in the document of a frame of the page; `say` reports it as a creative would. */
export const renderNative = (target, answer, template, say) => {
  if (answer.adTemplate || answer.rendererUrl || isTemplate(target)) return fillTemplate(target, answer, say);
  return renderInto(target, { ad: html(answer.ortb, template), width: '100%', height: '100%' }, () =>
    say('Prebid Native', { action: 'fireNativeImpressionTrackers' }),
  );
};

/** The ad as HTML; `template` is the publisher's for native ads, with `##title##` and the like. */
export const html = (ad, template) => {
  if (ad.assets) return native(ad, template);
  if (ad.html) return ad.html;
  const words = ad.text ? `<p style="margin:0;font:16px/1.4 sans-serif">${escaped(ad.text)}</p>` : '';
  return anchor(ad.link, picture(ad.image, ad.alt) + words);
};
