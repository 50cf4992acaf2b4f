// A small site, an ad server and a creative host on two origins, and a real browser to visit them.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const require = createRequire(join(root, 'package.json'));
const { chromium } = require('playwright-core');

export const sdkFolder = process.env.EARLYBID_SDK_DIR || join(root, 'target/sdk');
const types = { js: 'text/javascript', wasm: 'application/wasm', css: 'text/css', html: 'text/html' };
const universalCreative = require.resolve('prebid-universal-creative/dist/creative.js');

/** Waits until `check` returns something, and returns it; `what` is a text, or a function that says at the end what was seen. */
export async function until(check, what) {
  const end = Date.now() + 30000;
  while (Date.now() < end) {
    const found = await check();
    if (found) return found;
    await new Promise((resume) => setTimeout(resume, 20));
  }
  throw new Error(`waited in vain: ${typeof what === 'function' ? what() : what}`);
}

/** Waits until the SDK, or the fallback in its place, has taken over. */
export const taken = (view) => until(() => view.page.evaluate(() => earlybid.version).catch(() => null), 'the SDK');

/** Clicks at a place until `check` returns something, and returns it: a frame that has not been painted yet does not get a click. */
export const clickUntil = (view, x, y, check, what) =>
  until(async () => (await check()) || (await view.page.mouse.click(x, y), check()), what);

/** A winning bid, as the bid server sends it. */
export const winner = (slot, bidder, price, adId, more = {}) => ({
  seat: bidder,
  bid: [
    {
      id: adId,
      impid: slot,
      price,
      w: 300,
      h: 250,
      crid: 'c',
      mtype: 1,
      adm: `<p id=ad>${bidder} \${AUCTION_PRICE}</p><script>document.title='ran'</script>`,
      ...more,
      ext: {
        prebid: {
          type: 'banner',
          targeting: { hb_pb: price.toFixed(2), hb_bidder: bidder, hb_size: '300x250', hb_adid: adId },
        },
      },
    },
  ],
});

export const answer = (...seatbid) => ({ id: 'x', cur: 'USD', seatbid });

function listen(handle) {
  return new Promise((ready) => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => handle(request, response, body));
    });
    server.listen(0, '127.0.0.1', () => ready(server));
  });
}

const origin = (server) => `http://127.0.0.1:${server.address().port}`;

/** Starts servers and browser; `visit` opens one page, `close` ends everything. */
export async function start() {
  const world = { pages: new Map(), visits: 0, asked: [] };
  const other = await listen((request, response) => {
    world.asked.push(request.url);
    return serveOther(request, response);
  });
  const site = await listen((request, response, body) => serveSite(world, request, response, body));
  world.site = origin(site);
  world.other = origin(other);
  const browser = await chromium.launch({
    // By default, Playwright allows all windows and keeps no pages in the back/forward cache; visitors' browsers do the opposite.
    ignoreDefaultArgs: ['--disable-popup-blocking', '--disable-back-forward-cache'],
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  world.visit = (options) => visit(world, browser, options || {});
  world.close = async () => {
    await browser.close();
    for (const server of [site, other]) {
      server.closeAllConnections();
      server.close();
    }
  };
  return world;
}

// Timers of this length, which is the failsafe's, wait for `timeIsUp`: what has happened by then is up to the test, not to the
// machine's speed.
function holdTimers(length) {
  const { setTimeout } = window;
  const held = [];
  window.setTimeout = (call, after, ...values) =>
    after === length ? held.push(() => call(...values)) && 0 : setTimeout(call, after, ...values);
  window.timeIsUp = () => held.splice(0).forEach((call) => call());
}

async function visit(world, browser, options) {
  const key = String(++world.visits);
  const view = {
    options,
    auctions: [],
    events: [],
    paths: [],
    errors: [],
    requested: [],
    notices: [],
    abandoned: [],
    purposes: [],
    told: {},
  };
  view.arrived = new Promise((resolve) => (view.auctionArrived = resolve));
  view.config = {
    account: 'demo',
    auctionUrl: `/${key}/auction`,
    eventsUrl: `/${key}/events`,
    sdkUrl: `/${key}/sdk`,
    tmax: 300,
    // So long that the machine's speed does not matter, except in tests that set less.
    failsafe: 60000,
    adServer: { type: 'gpt', scripts: [`${world.other}/gpt.js`] },
    page: { site: 'tests', type: 'home', variant: 'early' },
    slots: [
      { code: 'top', adUnitPath: '/1/top', sizes: [[300, 250]], storedImp: 'home-top' },
      { code: 'side', adUnitPath: '/1/side', sizes: [[300, 250]], storedImp: 'home-side' },
    ],
    ...options.config,
  };
  if (options.direct) delete view.config.adServer;
  world.pages.set(key, view);
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
  view.page = await context.newPage();
  if (options.holdFailsafe) await view.page.addInitScript(holdTimers, view.config.failsafe);
  view.timeIsUp = () => view.page.evaluate(() => window.timeIsUp());
  if (options.before) await view.page.addInitScript(options.before);
  view.page.on('pageerror', (error) => view.errors.push(String(error)));
  view.page.on('console', (message) => message.type() === 'error' && view.errors.push(message.text()));
  view.url = `${world.site}/${key}/page`;
  view.key = key;
  view.open = () => view.page.goto(view.url, { waitUntil: 'domcontentloaded' });
  // Batches are up to five seconds old when they leave; tests that are not about that do not wait.
  const hurry = () => options.patient || view.page.evaluate(() => window.earlybid && earlybid.flush && earlybid.flush()).catch(() => {});
  view.has = (name, slot) =>
    until(
      async () => {
        const found = view.events.find((event) => event.event === name && (!slot || event.slot === slot));
        if (!found) await hurry();
        return found;
      },
      `${name} ${slot || ''}`,
    );
  view.names = () => view.events.map((event) => event.event);
  view.close = () => context.close();
  if (options.open !== false) await view.open();
  return view;
}

async function serveSite(world, request, response, body) {
  const [, key, ...rest] = new URL(request.url, 'http://x').pathname.split('/');
  const view = world.pages.get(key);
  const path = rest.join('/');
  if (key === 'favicon.ico') return response.writeHead(204).end();
  if (!view) return response.writeHead(404).end();
  view.paths.push(path);
  if (path === 'page') {
    view.purposes.push(request.headers['sec-purpose']);
    return html(response, await (view.options.document || document)(world, view), view.options);
  }
  if (path === 'prebid.js')
    return response.writeHead(200, { 'content-type': types.js }).end(await readFile(join(root, 'target/prebid/prebid.js')));
  if (path === 'held.css') return view.arrived.then(() => response.writeHead(200, { 'content-type': types.css }).end('body{margin:1px}'));
  if (path === 'auction') return auction(view, request, response, body);
  if (path === 'events') {
    if ((view.refused || 0) < view.options.refuse) {
      view.refused = (view.refused || 0) + 1;
      return response.writeHead(503).end();
    }
    view.events.push(...JSON.parse(body));
    view.eventsType = request.headers['content-type'];
    (view.eventsCookies = view.eventsCookies || []).push(request.headers.cookie);
    await (view.options.hold || {}).events;
    return response.writeHead(204).end();
  }
  if (path === 'next') return html(response, '<!doctype html><title>next</title>', view.options);
  if (path in (view.options.files || {})) {
    view.told[path] = Object.fromEntries(new URL(request.url, 'http://x').searchParams);
    return html(response, await view.options.files[path]);
  }
  if (path.startsWith('notice')) {
    view.notices.push(path);
    return response.writeHead(204).end();
  }
  if (path.startsWith('sdk/')) return sdkFile(view, path.slice(4), response);
  return response.writeHead(404).end();
}

async function auction(view, request, response, body) {
  view.auctions.push({
    type: request.headers['content-type'],
    method: request.method,
    cookie: request.headers.cookie,
    url: request.url,
    body: body ? JSON.parse(body) : null,
  });
  const number = view.auctions.length;
  response.on('close', () => response.writableFinished || view.abandoned.push(number));
  view.auctionArrived();
  const { reply = answer(), status = 200 } = view.options;
  if (reply === 'reset') return request.socket.destroy();
  if (reply === 'never') return undefined;
  if (reply && reply.trickle) return trickle(response, reply.trickle);
  const text = await (typeof reply === 'function' ? reply(view.auctions.length, body && JSON.parse(body)) : reply);
  return response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'private, max-age=10' })
    .end(typeof text === 'string' ? text : JSON.stringify(text));
}

// An answer that begins at once and ends when `end` says so.
function trickle(response, { begin, end }) {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(begin);
  return end.then((rest) => response.end(rest));
}

async function sdkFile(view, name, response) {
  if ((view.options.missing || []).includes(name)) return response.writeHead(404).end();
  await (view.options.hold || {})[name];
  const type = (view.options.types || {})[name] || types[name.split('.').pop()];
  const text = await readFile(join(sdkFolder, name)).catch(() => null);
  return response.writeHead(text === null ? 404 : 200, { 'content-type': type }).end(text);
}

async function document(world, view) {
  const loader = await readFile(join(sdkFolder, view.options.loader || 'loader.js'), 'utf8');
  const config = view.options.configText || JSON.stringify(view.config);
  const nonce = view.options.nonce ? ` nonce="${view.options.nonce}"` : '';
  const start = view.options.external
    ? `<script async src="sdk/loader.js" data-config='${config.replace(/'/g, '&#39;')}'></script>`
    : `<script type="application/json" id="earlybid-config">${config}</script><script${nonce}>${loader}</script>`;
  const gpt =
    view.config.adServer && view.config.adServer.type === 'gpt'
      ? `<script${nonce}>window.googletag = window.googletag || { cmd: [] };
        googletag.cmd.push(() => {
          for (const name of ['top', 'side', 'other']) googletag.defineSlot('/1/' + name, [[300, 250]], name);
          googletag.enableServices();
        });</script>`
      : '';
  const show = (name) => (gpt ? `<script${nonce}>googletag.cmd.push(() => googletag.display('${name}'));</script>` : '');
  const slot = (name) => `<div id="${name}" style="min-height:250px"></div>${show(name)}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>page</title>
    ${view.options.first || ''}${start}
    ${view.options.head || ''}${gpt}</head>
    <body>${slot('top')}${slot('side')}${slot('other')}${view.options.body || ''}</body></html>`;
}

function html(response, text, { csp, link, holdBody } = {}) {
  const headers = { 'content-type': 'text/html' };
  if (link) headers.link = link;
  if (csp) headers['content-security-policy'] = csp;
  response.writeHead(200, headers);
  if (!holdBody) return response.end(text);
  response.flushHeaders();
  return holdBody.then(() => response.end(text));
}

// Quotes values as an ad server does when it fills in its macros.
const quoted = (value) => JSON.stringify(value || '').replace(/</g, '\\u003c');
const settings = (query, more = '') => `{ adId: ${quoted(query.get('adid'))}, pubUrl: ${quoted(query.get('page'))}${more} }`;

/** The creatives of line items, by name. */
const creatives = {
  creative: (query, origin) =>
    `<!doctype html><body><script src="${origin}/creative.js"></script><script>ucTag.renderAd(document, ${settings(query)});</script></body>`,
  'inline-creative': async (query) => {
    const script = await readFile(join(sdkFolder, 'creative.js'), 'utf8');
    return `<!doctype html><body><script>var earlybidCreative = ${settings(query)};</script><script>${script}</script></body>`;
  },
  'native-creative': async (query) => {
    const script = await readFile(require.resolve('prebid-universal-creative/dist/native.js'), 'utf8');
    return `<!doctype html><body><p id=ad>##hb_native_title##</p><a class="pb-click" href="##hb_native_linkurl##">go</a><script>${script}</script><script>
      window.ucTag.renderAd(document, ${settings(query, ', requestAllAssets: true')});
    </script></body>`;
  },
  house: () => '<!doctype html><p>house</p>',
};

// More than a browser lets an ad fetch, and nothing that can be compressed on the way.
const heavy = () => randomBytes(8 * 1024 * 1024);

// The document of an ad server's safe frames: the markup comes in the frame's name, as with GPT.
const container = `<!doctype html><script>
  const markup = window.name;
  window.name = '';
  window.$sf = { ext: { geom: () => ({}), supports: () => ({}), register: () => {} } };
  document.write(markup);
</script>`;

async function serveOther(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://x');
  if (pathname === '/gpt.js')
    return response.writeHead(200, { 'content-type': types.js }).end(await readFile(new URL('gpt-stub.js', import.meta.url)));
  if (pathname === '/creative.js') return response.writeHead(200, { 'content-type': types.js }).end(await readFile(universalCreative));
  if (pathname === '/container') return html(response, container);
  // The ad server's script fetches creatives that go into a frame without an address.
  response.setHeader('access-control-allow-origin', '*');
  if (pathname === '/busy.js') {
    const busy = 'setTimeout(() => { const end = performance.now() + 150; while (performance.now() < end); slept(); });';
    return response.writeHead(200, { 'content-type': types.js }).end(busy);
  }
  if (pathname === '/heavy')
    return response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' }).end(heavy());
  const creative = creatives[pathname.slice(1)];
  if (!creative) return response.writeHead(404).end();
  return html(response, await creative(searchParams, `http://${request.headers.host}`));
}
