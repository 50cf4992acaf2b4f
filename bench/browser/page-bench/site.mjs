// Serves the pages of the comparison: the same article in every design, compressed, over two origins.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';

import { SLOTS, heads, scripts } from './designs.mjs';

/** How long the auction takes, whoever asks. */
const AUCTION_MS = 50;
/** Bytes of the two scripts that an ad server's tag consists of, before compression. */
const CHAIN_BYTES = [70_000, 330_000];

/** Starts both origins. */
export async function startSite() {
  const made = await heads();
  const tag = await readFile(new URL('tag.js', import.meta.url), 'utf8');
  const files = Object.fromEntries(Object.entries(await scripts()).map(([path, bytes]) => [path, compressed(Buffer.from(bytes))]));
  files['/tag/gpt.js'] = compressed(
    chainLink(CHAIN_BYTES[0], `document.head.append(Object.assign(document.createElement('script'), { src: '/tag/impl.js' }));`),
  );
  files['/tag/impl.js'] = compressed(chainLink(CHAIN_BYTES[1], tag));
  let other;
  const page = (design, kind) => {
    const chain = kind === 'chain' ? ['/tag/gpt.js', '/tag/impl.js'] : [];
    // The script of the creatives; pages with Prebid.js leave it to the creatives.
    const place = { auctionUrl: `${other}/openrtb2/auction`, scripts: chain, creative: `${other}/creative.js` };
    return document(made[design](place), kind === 'chain' ? '' : tag, `${other}/frame`);
  };
  const answer = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://site');
    if (pathname === '/openrtb2/auction') return auction(request, response);
    if (pathname === '/frame') return send(response, 'text/html', compressed(Buffer.from(FRAME)));
    if (pathname === '/article') {
      const html = page(searchParams.get('design'), searchParams.get('kind'));
      return send(response, 'text/html; charset=utf-8', compressed(Buffer.from(html)));
    }
    const file = files[pathname];
    if (!file) return response.writeHead(404).end();
    return send(response, pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', file);
  };
  const servers = [createServer(answer), createServer(answer)];
  const origins = await Promise.all(servers.map(listen));
  [, other] = origins;
  return {
    url: (design, kind) => `${origins[0]}/article?design=${design}&kind=${kind}`,
    stop: () =>
      servers.forEach((server) => {
        server.closeAllConnections();
        server.close();
      }),
  };
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

const compressed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });

function send(response, type, body) {
  const lasting = type.startsWith('text/html') ? 'no-cache' : 'public, max-age=3600';
  response.writeHead(200, { 'content-type': type, 'content-encoding': 'br', 'cache-control': lasting });
  response.end(body);
}

async function auction(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const headers = {
    'access-control-allow-origin': request.headers.origin ?? '*',
    'access-control-allow-credentials': 'true',
    'content-type': 'application/json',
  };
  if (request.method !== 'POST') return response.writeHead(204, headers).end();
  const asked = JSON.parse(Buffer.concat(parts));
  await pause(AUCTION_MS);
  return response.writeHead(200, headers).end(JSON.stringify(answerTo(asked)));
}

/** One bid for each imp, about 1 KB of markup that says when it runs. */
function answerTo(asked) {
  const bid = asked.imp.map(({ id: impid }) => ({
    id: `bid-${impid}`,
    impid,
    price: 1.5,
    w: 300,
    h: 250,
    crid: 'creative',
    mtype: 1,
    adm: `<script>top.postMessage('bench-ad','*')</script><p>${'An ad. '.repeat(140)}</p>`,
    ext: {
      prebid: {
        type: 'banner',
        targeting: { hb_pb: '1.50', hb_bidder: 'alpha', hb_size: '300x250', hb_adid: `ad-${impid}` },
      },
    },
  }));
  return { id: asked.id, cur: 'USD', seatbid: [{ seat: 'alpha', bid }] };
}

/** A script of this size that does this; the rest compresses as code does, not to nothing. */
function chainLink(bytes, code) {
  let seed = 1;
  const words = [];
  for (let length = 0; length < bytes; ) {
    seed = (seed * 48271) % 0x7fffffff;
    const word = `f${seed.toString(36)}=()=>${seed % 97},`;
    words.push(word);
    length += word.length;
  }
  return Buffer.from(`var ${words.join('').slice(0, -1)};\n${code}`);
}

const FRAME = `<!doctype html><meta charset="utf-8"><body><script src="/creative.js"></script>
<script>ucTag.renderAd(document, JSON.parse(decodeURIComponent(location.hash.slice(1))));</script>`;

function document(head, tag, frame) {
  const slots = SLOTS.map((id) => `<div id="${id}" style="min-height:250px"></div>`);
  const define = SLOTS.map((id) => `googletag.defineSlot('/1/${id}', [[300, 250]], '${id}').addService(googletag.pubads());`);
  const paragraph = (number) => `<p>${`Paragraph ${number} of an article that is long enough to be read. `.repeat(9)}</p>`;
  const text = Array.from({ length: 50 }, (_, number) => paragraph(number)).join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>An article</title>
<script>
window.benchFrame = ${JSON.stringify(frame)}; window.benchNotes = {};
addEventListener('message', (event) => { if (event.data === 'bench-ad') benchNotes.ad ??= performance.now(); });
window.googletag = window.googletag || { cmd: [] };
googletag.cmd.push(() => { ${define.join(' ')} googletag.enableServices(); });
${tag}</script>
${head}</head><body><h1>An article</h1>${slots[0]}${text}${slots[1]}${text}${slots[2]}</body></html>`;
}
