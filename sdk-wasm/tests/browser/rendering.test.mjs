// What may be in a slot: creatives that misbehave, native and house ads, other ad servers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, clickUntil, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const direct = (adm, more = {}) => ({ direct: true, reply: answer(winner('top', 'delta', 1.2, 'ad-1', { adm })), ...more });
const inFrame = (view, call) =>
  until(async () => {
    for (const frame of view.page.frames().slice(1)) {
      const found = await frame.evaluate(call).catch(() => null);
      if (found) return found;
    }
    return null;
  }, 'something in a frame');

test('a creative reads no cookies, no storage and nothing of the page', async () => {
  const view = await world.visit(
    direct(`<p id=ad></p><script>
    const tried = [() => document.cookie, () => localStorage.length, () => parent.document.title, () => top.location.href, () => frameElement.id];
    window.failures = tried.filter((call) => { try { return call() === null; } catch (error) { return true; } }).length;
  </script>`),
  );
  assert.equal(await inFrame(view, () => window.failures), 5);
  await view.close();
});

test('a creative cannot take the page elsewhere, open windows, or ask questions by itself', async () => {
  // The creative itself tells the site what happened: code that a test evaluates in its frame counts as an action of the visitor
  // there, which would allow all of this.
  const view = await world.visit({ open: false, direct: true, files: { tried: 'ok' } });
  view.options.reply = answer(
    winner('top', 'delta', 1.2, 'ad-1', {
      adm: `<p id=ad></p><script>
      const tried = { refused: 'no' };
      try { top.location = 'about:blank#taken'; } catch (error) { tried.refused = error.name; }
      tried.opened = String(open('about:blank'));
      tried.asked = String(confirm('?'));
      new Image().src = '${world.site}/${view.key}/tried?' + new URLSearchParams(tried);
    </script>`,
    }),
  );
  await view.open();
  const tried = await until(() => view.told.tried, 'what the creative tried');
  assert.deepEqual(tried, { refused: 'SecurityError', opened: 'null', asked: 'false' });
  assert.equal(view.page.url(), view.url);
  assert.equal(view.page.context().pages().length, 1);
  await view.close();
});

test('a click in a creative may open its address', async () => {
  const view = await world.visit({ open: false, direct: true });
  view.options.reply = answer(
    winner('top', 'delta', 1, 'ad-1', {
      adm: `<a id=ad target=_blank href="${world.site}/${view.key}/next" style="display:block;height:200px">go</a>`,
    }),
  );
  await view.open();
  await view.has('ad_rendered', 'top');
  const opened = await clickUntil(view, 500, 100, () => view.page.context().pages()[1], 'a page');
  assert.match(opened.url() || 'next', /next|about:blank/);
  await view.close();
});

test('a creative stays in its box, however large it makes itself', async () => {
  const view = await world.visit(
    direct(`<div id=ad style="position:fixed;inset:0;width:5000px;height:5000px;z-index:99999;background:red">big</div>`),
  );
  await view.has('ad_rendered', 'top');
  const found = await view.page.evaluate(() => {
    const box = document.querySelector('#top iframe').getBoundingClientRect();
    const inside = document.elementFromPoint(box.left + 5, box.top + 5).tagName;
    return [
      box.width,
      box.height,
      inside,
      document.elementFromPoint(box.left + 5, box.bottom + 20).tagName,
      document.documentElement.scrollWidth <= innerWidth,
    ];
  });
  assert.deepEqual([found[0], found[1], found[2], found[4]], [300, 250, 'IFRAME', true]);
  assert.notEqual(found[3], 'IFRAME');
  await view.close();
});

test('the frame has the policy and the permissions that the page config gives it, and none by default', async () => {
  const markup = `<p id=ad></p><script>window.loaded = 'no'; const image = new Image(); image.onerror = () => (window.loaded = 'refused'); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';</script>`;
  const plain = await world.visit(direct(markup));
  await plain.has('ad_rendered', 'top');
  const attributes = (view) =>
    view.page.evaluate(() => {
      const frame = document.querySelector('#top iframe');
      return [frame.allow, frame.srcdoc.match(/content="([^"]*)"/)[1]];
    });
  assert.deepEqual(await attributes(plain), ['', "object-src 'none'"]);
  await plain.close();
  const strict = await world.visit(direct(markup, { config: { frame: { csp: "img-src 'none'", allow: 'fullscreen' } } }));
  assert.equal(await inFrame(strict, () => window.loaded === 'refused' && window.loaded), 'refused');
  assert.deepEqual(await attributes(strict), ['fullscreen', "img-src 'none'"]);
  await strict.close();
});

const nativeAd = {
  assets: [
    { id: 1, title: { text: 'Sharp <knives>' } },
    { id: 2, img: { type: 3, url: 'IMAGE', w: 300, h: 100 } },
    { id: 3, data: { type: 2, value: 'For every board' } },
  ],
  link: { url: 'https://shop.example/?a=1&b=2', clicktrackers: ['CLICK'] },
  imptrackers: ['SHOWN'],
};
const native = (view) => {
  const at = (name) => `${world.site}/${view.key}/notice/${name}`;
  const adm = JSON.stringify(nativeAd).replace('CLICK', at('click')).replace('SHOWN', at('shown')).replace('IMAGE', at('image'));
  return answer(winner('top', 'delta', 2, 'ad-1', { adm, mtype: 4 }));
};

test('a native ad is rendered from its assets, and its notices are called', async () => {
  const view = await world.visit({ open: false, direct: true });
  view.options.reply = native(view);
  await view.open();
  await view.has('ad_rendered', 'top');
  assert.match(await inFrame(view, () => document.querySelector('a') && document.body.innerText), /Sharp <knives>\s+For every board/);
  await until(() => view.notices.includes('notice/shown'), 'the impression');
  await clickUntil(view, 500, 20, () => view.notices.includes('notice/click'), 'the click');
  assert.equal(view.notices.filter((path) => path === 'notice/shown').length, 1);
  await view.close();
});

test("a native ad takes the publisher's template", async () => {
  const view = await world.visit({
    open: false,
    direct: true,
    config: { nativeTemplate: '<h1 id=ad>##title##!</h1><a href="##clickUrl##">##cta##</a>' },
  });
  view.options.reply = native(view);
  await view.open();
  assert.deepEqual(
    await inFrame(
      view,
      () =>
        document.querySelector('h1') && [
          document.querySelector('h1').innerText,
          document.querySelector('a').href,
          document.querySelector('a').innerText,
        ],
    ),
    ['Sharp <knives>!', 'https://shop.example/?a=1&b=2', ''],
  );
  await view.close();
});

test("the Universal Creative's native tag gets its assets and reports what happens", async () => {
  const view = await world.visit({ open: false, before: () => (window.creativeKind = 'native-creative') });
  view.options.reply = native(view);
  await view.open();
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal(await inFrame(view, () => document.querySelector('#ad') && document.querySelector('#ad').textContent.slice(0, 5)), 'Sharp');
  await until(() => view.notices.includes('notice/shown'), 'the impression');
  const frame = view.page.frames().find((candidate) => candidate.url().includes('/native-creative'));
  await frame.evaluate(() => document.querySelector('.pb-click').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })));
  await until(() => view.notices.includes('notice/click'), 'the click');
  await view.close();
});

test("the publisher's own ad of picture, words and address fills an empty slot", async () => {
  const view = await world.visit({ open: false, direct: true, reply: answer() });
  const at = (name) => `/${view.key}/notice/${name}`;
  const house = {
    image: `${world.site}${at('image')}`,
    alt: 'Knives',
    text: 'Sharp <b>',
    link: 'https://shop.example/',
    click: [at('click')],
    impression: [at('shown')],
  };
  view.config.slots = [
    { code: 'top', sizes: [[300, 250]], house },
    { code: 'side', sizes: [[300, 250]], house: { html: '<p id=ad>plain HTML</p>' } },
  ];
  await view.open();
  assert.equal((await view.has('ad_rendered', 'top')).source, 'house');
  await view.has('ad_rendered', 'side');
  assert.deepEqual(
    await inFrame(
      view,
      () =>
        document.querySelector('img') && [
          document.querySelector('img').alt,
          document.querySelector('p').innerText,
          document.querySelector('a').href,
        ],
    ),
    ['Knives', 'Sharp <b>', 'https://shop.example/'],
  );
  assert.equal(await inFrame(view, () => document.querySelector('#ad') && document.querySelector('#ad').innerText), 'plain HTML');
  await until(() => view.notices.includes('notice/shown'), 'the impression');
  assert.deepEqual(
    view.errors.filter((error) => !error.startsWith('Failed to load resource')),
    [],
  );
  await view.close();
});

test('renderAd writes the winner into a frame of the page, once, and never over the page', async () => {
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1')), config: { adServer: { type: 'custom' } } });
  await taken(view);
  await view.has('bids_returned');
  await view.page.evaluate(() => {
    earlybid.renderAd(document, 'ad-1');
    const frame = document.createElement('iframe');
    document.getElementById('top').appendChild(frame);
    earlybid.renderAd(frame.contentDocument, 'ad-1');
    earlybid.renderAd(frame.contentDocument, 'ad-1');
  });
  assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
  assert.equal(await inFrame(view, () => document.querySelector('#ad') && document.querySelector('#ad').innerText), 'delta 2');
  assert.equal((await view.has('error_raised')).reason, 'bid_used');
  assert.equal(await view.page.title(), 'page');
  await view.close();
});

test('another ad server takes key-values by an interface of four functions', async () => {
  const view = await world.visit({
    reply: answer(winner('top', 'delta', 2, 'ad-1')),
    config: { adServer: { type: 'custom' } },
    before: () => {
      const calls = (window.calls = []);
      let heard;
      window.earlybid = {
        cmd: [],
        adServer: {
          ready: (command) => command(),
          follow: (call) => (heard = call),
          slots: () => [
            { element: 'top', path: '' },
            { element: 'side', path: '' },
          ],
          setKeys: (element, keys, prefix) => calls.push(['keys', element, keys, prefix]),
          request: (elements) => {
            calls.push(['request', elements]);
            for (const element of elements) {
              heard({ report: 'slotRequested', element });
              heard({ report: 'slotRenderEnded', element, empty: element === 'side', size: [300, 250], cpm: 0.7 });
              if (element === 'top') heard({ report: 'slotOnload', element });
            }
          },
        },
      };
    },
  });
  const rendered = await view.has('ad_rendered', 'top');
  assert.deepEqual([rendered.cpm, rendered.source], [0.7, 'house']);
  await view.has('slot_empty', 'side');
  assert.deepEqual(await view.page.evaluate(() => window.calls), [
    ['keys', 'top', { hb_pb: '2.00', hb_bidder: 'delta', hb_size: '300x250', hb_adid: 'ad-1' }, 'hb_'],
    ['keys', 'side', {}, 'hb_'],
    ['request', ['top', 'side']],
  ]);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('key-values go by setConfig where the library has it, and old ones are cleared', async () => {
  const view = await world.visit({
    reply: (count) => (count === 1 ? answer(winner('top', 'delta', 2, 'ad-1')) : answer()),
    before: () => (window.gptWithConfig = true),
  });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate(() => earlybid.refresh('top'));
  const keys = await until(async () => {
    const found = await view.page.evaluate(() => window.gptLog.filter((entry) => entry.id === 'top').map((entry) => entry.keys));
    return found.length === 2 && found;
  }, 'two requests');
  assert.deepEqual(keys, [{ hb_pb: '2.00', hb_bidder: 'delta', hb_size: '300x250', hb_adid: 'ad-1' }, {}]);
  await view.close();
});

test('a bid that has only an address is shown from there', async () => {
  const view = await world.visit({ open: false, direct: true });
  view.options.reply = answer(winner('top', 'delta', 1, 'ad-1', { adm: undefined, nurl: `${world.other}/house` }));
  await view.open();
  await view.has('ad_rendered', 'top');
  assert.equal(await inFrame(view, () => document.querySelector('p') && document.body.innerText), 'house');
  await view.close();
});
