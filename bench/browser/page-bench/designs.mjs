// The designs that are compared: how each gets from an empty page to bids.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const require = createRequire(join(ROOT, 'package.json'));

/** What publishers add to Prebid.js most often: adapters of large SSPs, consent, ids, currency, floors. */
const TYPICAL = [
  'appnexusBidAdapter',
  'rubiconBidAdapter',
  'pubmaticBidAdapter',
  'ixBidAdapter',
  'criteoBidAdapter',
  'consentManagementTcf',
  'consentManagementUsp',
  'consentManagementGpp',
  'tcfControl',
  'gppControl_usnat',
  'userId',
  'sharedIdSystem',
  'id5IdSystem',
  'uid2IdSystem',
  'currency',
  'priceFloors',
  'schain',
  'gptPreAuction',
  'debugging',
];

export const SLOTS = ['top', 'middle', 'side'];

/** The scripts that the pages load, by path. */
export async function scripts() {
  const sdk = process.env.EARLYBID_SDK_DIR || join(ROOT, 'target/sdk');
  const file = (name) => readFile(join(sdk, name));
  const [core, typical, sdkJs, wasm, fallback] = await Promise.all([
    prebid([]),
    prebid(TYPICAL),
    file('sdk.js'),
    file('sdk.wasm'),
    file('fallback.js'),
  ]);
  return {
    '/prebid-core.js': core,
    '/prebid-typical.js': typical,
    '/sdk/sdk.js': sdkJs,
    '/sdk/sdk.wasm': wasm,
    '/sdk/fallback.js': fallback,
    '/creative.js': await readFile(require.resolve('prebid-universal-creative/dist/creative.js')),
  };
}

async function prebid(modules) {
  const { build } = await import('esbuild');
  const names = ['prebidServerBidAdapter', ...modules];
  const lines = names.map((name) => `import "prebid.js/modules/${name}.js";`);
  const built = await build({
    stdin: { contents: `import pbjs from "prebid.js";\n${lines.join('\n')}\npbjs.processQueue();\n`, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  return built.outputFiles[0].contents;
}

/** The `<head>` of each design; `place` names the auction's address and the ad server's scripts. */
export async function heads() {
  const sdk = process.env.EARLYBID_SDK_DIR || join(ROOT, 'target/sdk');
  const loader = await readFile(join(sdk, 'loader.js'), 'utf8');
  return {
    bare,
    'bare-chain': bareChain,
    'bare-direct': bareDirect,
    earlybid: (place) => earlybid(loader, place),
    direct: (place) => earlybid(loader, { ...place, direct: true }),
    prebid: (place) => prebidPage('/prebid-core.js', place),
    typical: (place) => prebidPage('/prebid-typical.js', place),
  };
}

const imps = () =>
  SLOTS.map((id) => ({
    id,
    banner: { format: [{ w: 300, h: 250 }] },
    ext: { prebid: { storedrequest: { id } } },
  }));

/** The floor: a script in the page that does nothing but ask and set. */
function bare({ auctionUrl }) {
  return script(
    auctionUrl,
    `
  for (const { bid } of answer.seatbid) for (const one of bid) slot(one.impid).setTargeting('hb_pb', one.ext.prebid.targeting.hb_pb);`,
  );
}

/**
 * The floor of an ad through the ad server: every script is in the cache before it is asked for, and the page
 * itself hands the creative its markup.
 */
function bareChain({ auctionUrl, scripts: chain, creative }) {
  const preloads = [...chain, creative].map((href) => `<link rel="preload" as="script" href="${href}">`);
  return `${preloads.join('')}<script async src="${chain[0]}"></script>${script(
    auctionUrl,
    `
  const bids = answer.seatbid.flatMap(({ bid }) => bid);
  addEventListener('message', ({ data, ports: [port] }) => {
    const { message, adId } = typeof data === 'string' && data[0] === '{' ? JSON.parse(data) : {};
    const bid = bids.find(({ ext }) => ext.prebid.targeting.hb_adid === adId);
    if (message === 'Prebid Request' && bid)
      port.postMessage(JSON.stringify({ message: 'Prebid Response', adId, ad: bid.adm, width: bid.w, height: bid.h }));
  });
  googletag.cmd.push(() => {
    for (const bid of bids) slot(bid.impid).updateTargetingFromMap(bid.ext.prebid.targeting);
    googletag.pubads().refresh();
  });`,
  )}`;
}

/** The floor of a directly rendered ad: the markup goes into a sandboxed frame as soon as it is there. */
function bareDirect({ auctionUrl }) {
  return script(
    auctionUrl,
    `
  for (const bid of answer.seatbid.flatMap(({ bid }) => bid)) {
    const frame = Object.assign(document.createElement('iframe'), { width: bid.w, height: bid.h, srcdoc: bid.adm });
    frame.setAttribute('sandbox', 'allow-scripts');
    document.getElementById(bid.impid).append(frame);
  }`,
  );
}

/** Asks at once and does this with the answer. */
function script(auctionUrl, use) {
  return `<script>
const slot = (id) => googletag.pubads().getSlots().find((slot) => slot.getSlotElementId() === id);
fetch(${JSON.stringify(auctionUrl)}, { method: 'POST', credentials: 'include', body: JSON.stringify({
  id: crypto.randomUUID(), imp: ${JSON.stringify(imps())}, site: { page: location.href }, tmax: 700,
}) }).then((answer) => answer.json()).then((answer) => {${use}
});
</script>`;
}

function earlybid(loader, { auctionUrl, scripts: chain, creative, direct }) {
  const scripts = chain.length ? [...chain, creative] : chain;
  const config = {
    account: 'bench',
    auctionUrl,
    sdkUrl: '/sdk/',
    tmax: 700,
    failsafe: 15000,
    ...(direct ? {} : { adServer: { type: 'gpt', scripts } }),
    page: { site: 'bench', type: 'article', variant: 'early' },
    slots: SLOTS.map((code) => ({ code, adUnitPath: `/1/${code}`, sizes: [[300, 250]], storedImp: code })),
  };
  return `<script type="application/json" id="earlybid-config">${JSON.stringify(config)}</script><script>${loader}</script>`;
}

function prebidPage(library, { auctionUrl, scripts: chain }) {
  const units = SLOTS.map((code) => ({
    code,
    mediaTypes: { banner: { sizes: [[300, 250]] } },
    ortb2Imp: { ext: { prebid: { storedrequest: { id: code } } } },
    bids: [{ bidder: 'alpha', params: { placement: code } }],
  }));
  const tag = chain.length ? `<script async src="${chain[0]}"></script>` : '';
  return `<script>
var pbjs = pbjs || {}; pbjs.que = pbjs.que || [];
googletag.cmd.push(function () { googletag.pubads().disableInitialLoad(); });
pbjs.que.push(function () {
  pbjs.setConfig({ enableSendAllBids: false, bidderTimeout: 15000, s2sConfig: { accountId: 'bench', enabled: true,
    adapter: 'prebidServer', bidders: ['alpha'], timeout: 14000,
    endpoint: { p1Consent: ${JSON.stringify(auctionUrl)}, noP1Consent: ${JSON.stringify(auctionUrl)} } } });
  pbjs.addAdUnits(${JSON.stringify(units)});
  pbjs.requestBids({ bidsBackHandler: function () {
    googletag.cmd.push(function () { pbjs.setTargetingForGPTAsync(); googletag.pubads().refresh(); });
  } });
});
</script>${tag}<script async src="${library}"></script>`;
}
