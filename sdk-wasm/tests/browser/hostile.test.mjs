// What strangers can put into a page, in its markup and in creatives, and what creatives post.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, clickUntil, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const forAll = (count, body) => answer(...body.imp.map(({ id }) => winner(id, 'delta', 1, `${id}-${count}`)));

test('a comment may name a slot, and can say nothing else of it', async () => {
  const strange = JSON.stringify({
    sizes: [[300, 250]],
    bidders: { delta: { placement: 'theirs' } },
    house: { html: '<script>parent.taken = 1</script>' },
  });
  const view = await world.visit({
    direct: true,
    reply: forAll,
    config: { slots: [{ code: 'top', sizes: [[300, 250]], storedImp: 'home-top' }] },
    body: `<p data-earlybid-slot='${strange}' id="written"></p><p data-earlybid-slot="known" data-sizes="300x250 300x90000" data-ad-unit-path="/666/theirs" id="named"></p>
      <p data-earlybid-slot="home-top" id="again"></p>`,
  });
  await view.has('ad_rendered', 'named');
  await view.has('ad_rendered', 'again');
  const imps = view.auctions.flatMap(({ body }) => body.imp);
  assert.deepEqual(
    imps.map(({ id }) => id),
    ['top', 'named', 'again'],
  );
  assert.deepEqual(imps[1], { id: 'named', banner: { format: [{ w: 300, h: 250 }] }, ext: { prebid: { storedrequest: { id: 'known' } } } });
  assert.deepEqual(imps[2].banner.format, [{ w: 300, h: 250 }]);
  await view.close();
});

const native = (view, adm = '') =>
  answer(
    winner('top', 'delta', 2, 'ad-1', {
      mtype: 4,
      adm: JSON.stringify({
        assets: [{ id: 1, title: { text: 'Soup' } }],
        link: { url: 'https://x.test/', clicktrackers: [`${world.site}/${view.key}/notice-click`] },
      }),
      ...adm,
    }),
  );

test('a click that nobody made is not one, and a click counts once', async () => {
  const view = await world.visit({
    open: false,
    direct: true,
    config: {
      nativeTemplate:
        '<p id=ad style="height:200px">##title##</p><img src="data:," onerror="for (let i = 0; i < 20; i += 1) parent.postMessage(`earlybid:clicked`, `*`)">',
    },
  });
  view.options.reply = native(view);
  await view.open();
  await view.has('ad_rendered', 'top');
  await view.has('creative_loaded', 'top');
  assert.deepEqual(view.notices, []);
  await clickUntil(view, 500, 50, () => view.notices.includes('notice-click'), 'the click');
  await view.page.mouse.click(500, 50);
  await view.page.evaluate(() => earlybid.flush());
  assert.equal(view.notices.filter((path) => path === 'notice-click').length, 1);
  await view.close();
});

test('three thousand messages of a creative are ten records of a kind, and a count', async () => {
  const view = await world.visit({
    direct: true,
    reply: answer(
      winner('top', 'delta', 1, 'ad-1', {
        adm: '<p id=ad>noise</p><script>for (let i = 0; i < 3000; i += 1) for (const word of ["clicked", name]) parent.postMessage("earlybid:" + word, "*"); navigator.vibrate(200);</script>',
      }),
    ),
  });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate(() => dispatchEvent(new Event('pagehide')));
  const counted = await until(async () => {
    await view.page.evaluate(() => dispatchEvent(new Event('pagehide')));
    return view.events.find(({ reason }) => reason === 'events_dropped');
  }, 'the count');
  assert.ok(counted.dropped > 0 && counted.slot === 'top');
  assert.ok(view.events.filter(({ reason }) => reason === 'browser_intervention').length <= 10);
  assert.equal(view.events.filter(({ event }) => event === 'ad_clicked').length, 0);
  await view.close();
});

test('a blocked vibrate() is not an ad that the browser took away', async () => {
  const view = await world.visit({
    direct: true,
    reply: answer(winner('top', 'delta', 1, 'ad-1', { adm: '<p id=ad>quiet</p><script>navigator.vibrate(200);</script>' })),
  });
  await view.has('creative_loaded', 'top');
  await view.has('ad_viewable', 'top');
  assert.ok(!view.names().includes('error_raised'), JSON.stringify(view.events.filter(({ event }) => event === 'error_raised')));
  await view.close();
});

test('a native creative sizes its own frame, within bounds, and nobody else does', async () => {
  const view = await world.visit({ open: false, before: () => (window.creativeKind = 'native-creative') });
  view.options.reply = native(view);
  await view.open();
  await view.has('ad_rendered', 'top');
  const height = () => view.page.evaluate(() => document.querySelector('#top iframe').offsetHeight);
  const ask = (frame, size) =>
    frame.evaluate((wanted) => {
      const message = JSON.stringify({ message: 'Prebid Native', adId: 'ad-1', action: 'resizeNativeHeight', ...wanted });
      parent.postMessage(message, '*', [new MessageChannel().port2]);
    }, size);
  const own = view.page.frames().find((frame) => frame.url().includes('/native-creative'));
  await ask(own, { height: 333, width: 300 });
  await until(async () => (await height()) === 333, 'its own size');
  // A frame beside it asks in its place; then the creative itself asks for more than there is.
  await view.page.evaluate((origin) => {
    const frame = document.createElement('iframe');
    frame.src = `${origin}/house?other`;
    document.body.append(frame);
    return new Promise((resume) => (frame.onload = resume));
  }, world.other);
  await ask(
    view.page.frames().find((frame) => frame.url().endsWith('house?other')),
    { height: 50, width: 50 },
  );
  await ask(own, { height: 900000, width: 900000 });
  await until(async () => (await height()) === 1000, 'the bound');
  assert.ok(await view.page.evaluate(() => document.querySelector('#top iframe').offsetWidth <= innerWidth));
  await view.close();
});

test('an address of the SDK without a slash in front, and a page that has gone elsewhere since', async () => {
  const view = await world.visit({ open: false, direct: true, reply: answer() });
  Object.assign(view.config, {
    sdkUrl: 'sdk',
    auctionUrl: 'auction',
    eventsUrl: 'events',
    slots: [{ code: 'top', sizes: [[300, 250]], house: { text: 'ours', link: '/' } }],
  });
  await view.open();
  await taken(view);
  await view.page.evaluate(() => history.pushState({}, '', '/somewhere/deep/else'));
  assert.equal((await view.has('ad_rendered', 'top')).source, 'house');
  await view.page.evaluate(() => earlybid.refresh('top'));
  await until(() => view.auctions.length === 2, 'the refresh');
  assert.ok(!view.names().includes('error_raised'));
  await view.close();
});

for (const mode of ['open', 'closed']) {
  test(`a slot in a shadow root that is ${mode} is asked for`, async () => {
    const view = await world.visit({
      reply: answer(winner('inside', 'delta', 2, 'ad-1')),
      config: { slots: [{ code: 'inside', adUnitPath: '/1/inside', sizes: [[300, 250]] }] },
      body: `<div id=host></div><script>
        const root = host.attachShadow({ mode: '${mode}' }); root.innerHTML = '<div id=inside></div>';
        googletag.cmd.push(() => { googletag.defineSlot('/1/inside', [[300, 250]], 'inside'); 
          if ('${mode}' === 'open') return; window.setTimeout = ((real) => (call, after, ...rest) => real(call, after === 50 ? 1 : after, ...rest))(setTimeout); });
      </script>`,
    });
    const { keys } = await until(() => view.page.evaluate(() => (window.gptLog || []).find(({ id }) => id === 'inside')), 'the request');
    assert.equal(keys.hb_adid, 'ad-1');
    await view.close();
  });
}
