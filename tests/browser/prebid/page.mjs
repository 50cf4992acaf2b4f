// A publisher's page with the real Prebid.js and, for the creatives, Prebid's Universal Creative, both from npm.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const MODULES = ['prebidServerBidAdapter', 'nativeRendering'];

/** Serves the page and the scripts; the creative's frame has an origin of its own, as with an ad server. */
export async function startPages() {
  const scripts = {
    '/prebid.js': await bundle(),
    '/creative.js': readFileSync(require.resolve('prebid-universal-creative/dist/creative.js')),
    '/native-render.js': readFileSync(require.resolve('prebid-universal-creative/dist/native-render.js')),
  };
  const answer = (request, response) => {
    const { pathname } = new URL(request.url, 'http://page');
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
    const body = scripts[pathname] ?? (pathname === '/frame' ? FRAME : PAGE);
    response.writeHead(200, { 'content-type': type }).end(body);
  };
  const servers = [createServer(answer), createServer(answer)];
  const origins = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${server.address().port}`;
    }),
  );
  return {
    url: `${origins[0]}/`,
    frame: `${origins[1]}/frame`,
    stop: () => servers.forEach((server) => server.close()),
  };
}

// What a publisher's own build makes of `import "prebid.js"` and the modules.
async function bundle() {
  const { build } = await import('esbuild');
  const lines = ['import pbjs from "prebid.js";', ...MODULES.map((name) => `import "prebid.js/modules/${name}.js";`)];
  const built = await build({
    stdin: { contents: `${lines.join('\n')}\npbjs.processQueue();\n`, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  return built.outputFiles[0].contents;
}

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>A page with Prebid.js</title>
<script>var pbjs = window.pbjs || {}; pbjs.que = pbjs.que || [];</script>
<script async src="/prebid.js"></script></head>
<body><h1>A page with Prebid.js</h1></body></html>`;

// What a line item's creative is: the Universal Creative with the macros of its key-values filled in.
const FRAME = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"></head><body>
<script>
var asked = JSON.parse(decodeURIComponent(location.hash.slice(1)));
document.write('<scr' + 'ipt src="' + (asked.mediaType === 'native' ? '/native-render.js' : '/creative.js') + '"></scr' + 'ipt>');
</script>
<script>
if (asked.mediaType === 'native') pbNativeTag.renderNativeAd(asked);
else ucTag.renderAd(document, asked);
</script>
</body></html>`;

/** Runs one auction of these ad units; returns the bids, key-values and events that Prebid.js then has. */
export function requestBids(page, { adUnits, s2sConfig, debug = false }) {
  return page.evaluate(
    ([units, config, debugging]) =>
      new Promise((done) => {
        pbjs.que.push(() => {
          const requests = [];
          const pbsExts = [];
          pbjs.onEvent('beforePBSHttp', (call) => requests.push(call));
          pbjs.onEvent('bidderDone', (request) => {
            if (request.pbsExt) pbsExts.push(request.pbsExt);
          });
          pbjs.setConfig({ debug: debugging, enableSendAllBids: false, bidderTimeout: 5000, s2sConfig: config });
          pbjs.addAdUnits(units);
          pbjs.requestBids({
            bidsBackHandler: (_bids, timedOut) =>
              done({
                bids: Object.fromEntries(units.map(({ code }) => [code, pbjs.getBidResponsesForAdUnitCode(code).bids])),
                targeting: pbjs.getAdserverTargeting(),
                timedOut,
                pbsExts,
              }),
          });
        });
      }),
    [adUnits, s2sConfig, debug],
  );
}

/** Shows the winner as an ad server would: a frame of another origin whose creative asks for the bid. */
export async function render(page, frameUrl, asked) {
  await page.evaluate(
    ([url, what]) => {
      const frame = document.createElement('iframe');
      frame.id = 'ad';
      frame.src = `${url}#${encodeURIComponent(JSON.stringify(what))}`;
      document.body.append(frame);
    },
    [frameUrl, asked],
  );
}
