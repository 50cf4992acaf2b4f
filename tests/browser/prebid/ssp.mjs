// An SSP that bids on whatever it is offered: depending on the imp's media types and the placement in its params.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';

/** Starts it; it remembers what it was asked. */
export async function startSsp() {
  const requests = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    if (request.method !== 'POST') {
      notices.push(request.url);
      response.writeHead(204).end();
      return;
    }
    const body = Buffer.concat(parts);
    const unpacked = body[0] === 0x1f ? gunzipSync(body) : body;
    const asked = JSON.parse(unpacked);
    requests.push(asked);
    const bid = asked.imp.map((imp) => bidOn(imp, origin)).filter(Boolean);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: asked.id, cur: 'USD', seatbid: [{ seat: 'buyer', bid }] }));
  });
  const notices = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    url: `${origin}/bid`,
    /** Requests that offered this placement. */
    asked: (placement) => requests.filter(({ imp }) => imp.some((one) => placementOf(one) === placement)),
    notices,
    stop: () => server.close(),
  };
}

const placementOf = (imp) => imp.ext?.bidder?.placement;

function bidOn(imp, origin) {
  const placement = placementOf(imp);
  const bid = {
    id: `bid-${imp.id}`,
    impid: imp.id,
    price: 2.34,
    adomain: ['shop.example'],
    crid: `creative-${placement}`,
    burl: `${origin}/billed?placement=${placement}&price=\${AUCTION_PRICE}`,
  };
  if (placement === 'deal') Object.assign(bid, { dealid: 'deal-7', price: 1 });
  if (imp.native && placement !== 'banner-of-two') return { ...bid, mtype: 4, adm: nativeMarkup(imp, origin) };
  if (!imp.banner) return undefined;
  const { w, h } = imp.banner.format[0];
  const adm = `<div class="test-ad" data-placement="${placement}" data-price="\${AUCTION_PRICE}">an ad for ${placement}</div>`;
  return { ...bid, mtype: 1, w, h, adm };
}

function nativeMarkup(imp, origin) {
  const { assets } = JSON.parse(imp.native.request);
  const filled = assets.map(({ id, title, data, img }) => {
    if (title) return { id, title: { text: 'A pot that lasts' } };
    if (data) return { id, data: { value: 'Potmaker' } };
    if (img) return { id, img: { url: `${origin}/picture.png`, w: 300, h: 250 } };
    return { id };
  });
  return JSON.stringify({
    ver: '1.2',
    assets: filled,
    link: { url: 'https://shop.example/pot' },
    eventtrackers: [{ event: 1, method: 1, url: `${origin}/native-seen` }],
  });
}
