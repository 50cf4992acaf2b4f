/*
 * Shows a native ad in the creative's document: what its renderer makes, or its template, or the document itself, with
 * `##hb_native_title##` and the like filled in.
 */

// Runs in a hidden frame of the creative, so it refers to nothing outside itself.
const render = ({ native = {} }, { sendMessage }, win) => {
  const doc = win.document;
  const { ortb = {}, assets = [], adTemplate, rendererUrl, keys = {} } = native;
  const values = {};
  assets.forEach(({ key, value }) => {
    values[keys[key] || 'hb_native_' + key] = value && value.url ? value.url : value;
  });
  (ortb.assets || []).forEach((asset) => {
    const { title, img, data, link } = asset;
    values['hb_native_asset_id_' + asset.id] = title ? title.text : img ? img.url : data && data.value;
    values['hb_native_asset_link_id_' + asset.id] = link && link.url;
  });
  // `&` is not escaped, so that addresses stay as they are wherever the template has them.
  const escaped = (value) => String(value).replace(/[<>"']/g, (sign) => '&#' + sign.charCodeAt(0) + ';');
  const fill = (text) => text.replace(/##(hb_native_\w+)##/g, (whole, key) => (values[key] === undefined ? '' : escaped(values[key])));
  const own = (node) => [...node.querySelectorAll('iframe[srcdoc*="render"]')];
  // Everything is replaced but what is ours: the frame that this runs in stays.
  const replace = (node, markup) => {
    const kept = own(node);
    [...node.childNodes].forEach((child) => kept.includes(child) || child.remove());
    node.insertAdjacentHTML('afterbegin', markup);
  };
  const text = (node) => {
    const copy = node.cloneNode(true);
    own(copy).forEach((frame) => frame.remove());
    return copy.innerHTML;
  };
  const written = () => {
    if (!rendererUrl) return Promise.resolve(fill(adTemplate || text(doc.body)));
    return new Promise((onload, onerror) => {
      doc.body.appendChild(Object.assign(doc.createElement('script'), { src: rendererUrl, onload, onerror }));
    }).then(() => win.renderAd(Object.assign(assets, { ortb })));
  };
  replace(doc.head, fill(text(doc.head)));
  return written().then((markup) => {
    replace(doc.body, markup);
    if (win.postRenderAd) win.postRenderAd(native);
    doc
      .querySelectorAll('.pb-click')
      .forEach((node) =>
        node.addEventListener('click', () =>
          sendMessage('Prebid Native', { action: 'click', assetId: node.getAttribute('hb_native_asset_id') }),
        ),
      );
    sendMessage('Prebid Native', { action: 'fireNativeImpressionTrackers' });
    const size = () =>
      sendMessage('Prebid Native', { action: 'resizeNativeHeight', height: doc.body.offsetHeight, width: doc.body.offsetWidth });
    if (doc.readyState == 'complete') size();
    else win.addEventListener('load', size);
  });
};

/** Source of a script with that function. */
export const nativeRenderer = 'window.render=' + render;

/** Whether the document has placeholders for a native ad. */
export const isTemplate = (target) => target.documentElement.innerHTML.includes('##hb_native_');

/** Does the same in the document of a frame of the page. */
export const fillTemplate = (target, native, sendMessage) => render({ native }, { sendMessage }, target.defaultView);
