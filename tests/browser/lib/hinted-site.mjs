// A page over HTTP/2 whose server can name what the page needs before the page: by `Link` headers of the answer, or in a
// 103 before it. Auctions are passed on to the bid server, on a path of the page's own origin.

import { createSecureServer } from 'node:http2';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createHash, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const SDK = process.env.EARLYBID_SDK_DIR || here('../../../target/sdk');
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/** Starts it; `page` is what `/page` gives: `{ html, link, hints }`. */
export async function startHintedSite(bidServer) {
  const [key, cert] = await Promise.all(['tls/server.key', 'tls/server.pem'].map((name) => readFile(here(name))));
  // What was asked for, and which of that before the page was there.
  const site = { asked: [], hinted: [], events: [], page: {} };
  const server = createSecureServer({ key, cert });
  server.on('stream', (stream, headers) => {
    answer(site, bidServer, stream, headers).catch(() => stream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  site.url = `https://localhost:${server.address().port}`;
  // Chromium is told to trust the certificate, so that its caches work as usual.
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  site.trust = `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`;
  site.stop = () => server.close();
  return site;
}

async function answer(site, bidServer, stream, headers) {
  const path = headers[':path'];
  const { pathname, search } = new URL(path, site.url);
  const body = await text(stream);
  const give = (type, content, more = {}) => {
    stream.respond({ ':status': 200, 'content-type': type, ...more });
    stream.end(content);
  };
  if (pathname === '/page') {
    const { html, link = [], hints = [] } = site.page;
    if (hints.length) {
      stream.additionalHeaders({ ':status': 103, link: hints });
      // The server takes its time over the page, while the browser already fetches.
      await pause(300);
    }
    site.hinted = site.asked.slice();
    return give('text/html; charset=utf-8', html, link.length ? { link } : {});
  }
  site.asked.push(path);
  if (pathname === '/ads/auction') {
    const reply = await fetch(`${bidServer}/openrtb2/auction${search}`);
    const kept = Object.fromEntries(['cache-control', 'content-type'].map((name) => [name, reply.headers.get(name)]));
    return give(kept['content-type'], await reply.text(), kept);
  }
  if (pathname === '/events') {
    site.events.push(...JSON.parse(body));
    stream.respond({ ':status': 204 });
    return stream.end();
  }
  const [, folder, name] = pathname.split('/');
  const file = folder === 'earlybid' && TYPES[name.split('.').pop()];
  if (file) return give(file, await readFile(join(SDK, name)), { 'cache-control': 'public, max-age=3600' });
  stream.respond({ ':status': 404 });
  return stream.end();
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
