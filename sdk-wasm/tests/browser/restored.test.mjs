// Pages that come back from the browser's back/forward cache: page views of their own, with figures of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));
const body = `<h1>Words to paint</h1><button id=slow style="display:block;width:200px;height:40px">slow</button><script>
  window.shown = [];
  window.loaded = new Set();
  document.addEventListener('load', ({ target }) => loaded.add(target), true);
  addEventListener('pageshow', (event) => event.persisted && shown.push(event.timeStamp));
  document.getElementById('slow').onclick = ({ target }) => {
    const end = performance.now() + 120;
    while (performance.now() < end);
    target.textContent = 'done at ' + end;
  };
</script>`;

const hidePage = (view) =>
  view.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
    delete document.visibilityState;
  });

/**
 * Moves what is on the page to and fro until the browser has counted a shift, which it does not within 500 ms of a click; returns
 * the largest shift. Taking a picture makes a busy machine present a frame.
 */
async function shift(view) {
  await view.page.evaluate(() => {
    window.shifted = 0;
    const since = performance.now();
    window.counting = new PerformanceObserver((list) => {
      const own = list.getEntries().filter(({ startTime, hadRecentInput }) => startTime >= since && !hadRecentInput);
      window.shifted = Math.max(window.shifted, ...own.map(({ value }) => value));
    });
    window.counting.observe({ type: 'layout-shift', buffered: true });
  });
  return until(async () => {
    await view.page.evaluate(() => (document.body.style.paddingTop = document.body.style.paddingTop ? '' : '200px'));
    await view.page.screenshot();
    return view.page.evaluate(() => window.shifted);
  }, 'a shift');
}

/** Clicks until the browser reports a slow interaction; returns its duration. A picture makes a busy machine present a frame. */
async function act(view) {
  await view.page.evaluate(() => {
    window.acted = 0;
    const since = performance.now();
    window.watching = new PerformanceObserver((list) => {
      const own = list.getEntries().filter(({ interactionId, startTime }) => interactionId && startTime >= since);
      window.acted = Math.max(window.acted, ...own.map(({ duration }) => duration));
    });
    window.watching.observe({ type: 'event', durationThreshold: 40 });
  });
  return until(async () => {
    await view.page.click('#slow');
    await view.page.screenshot();
    return view.page.evaluate(() => window.acted >= 100 && window.acted);
  }, 'an interaction');
}

/** Goes to the next page, if not there already, and back; returns when the page was shown again, and why that may not be cached. */
async function awayAndBack(view, times) {
  if (view.page.url() === view.url) await view.page.goto(view.url.replace(/page$/, 'next'));
  await view.page.goBack({ waitUntil: 'commit' });
  await until(
    () => view.page.evaluate((count) => (window.shown || []).length === count, times).catch(() => false),
    () => `a page from the cache: ${view.refusals}`,
  );
  return view.page.evaluate(() => window.shown.at(-1));
}

async function visit(options) {
  const view = await world.visit({ reply, body, ...options });
  view.refusals = [];
  const session = await view.page.context().newCDPSession(view.page);
  session.on('Page.backForwardCacheNotUsed', (news) => view.refusals.push(JSON.stringify(news.notRestoredExplanations)));
  await session.send('Page.enable');
  view.current = () => view.page.evaluate(() => earlybid.pageViewId);
  view.of = (id, name) => view.events.filter((event) => event.page_view_id === id && event.event === name);
  view.vital = (id, metric) =>
    view
      .of(id, 'vital_measured')
      .filter((event) => event.metric === metric)
      .at(-1);
  view.told = (check, what) => until(async () => (await view.page.evaluate(() => earlybid.flush()), check()), what);
  await taken(view);
  return view;
}

for (const direct of [true, false]) {
  test(`figures of a page that came back are those since then, ${direct ? 'without' : 'with'} an ad server`, async () => {
    const view = await visit({ direct });
    const first = await view.current();
    await view.told(() => view.vital(first, 'fcp') && view.of(first, 'ad_rendered')[0], 'the first view');
    const before = { shift: await shift(view), act: await act(view) };

    const shown = await awayAndBack(view, 1);
    assert.deepEqual(view.refusals, []);
    const second = await view.current();
    assert.notEqual(second, first);
    // Leaving the page reported the figures of the first view; nothing that comes later is added to them.
    await view.told(() => view.vital(first, 'cls') && view.vital(first, 'inp') && view.vital(first, 'lcp'), 'its figures');
    assert.ok(view.vital(first, 'cls').value >= before.shift - 0.0001);
    assert.ok(view.vital(first, 'inp').value >= before.act);

    await view.told(() => view.vital(second, 'fcp') && view.vital(second, 'lcp') && view.of(second, 'ad_rendered')[0], 'the first frame');
    const origin = await view.page.evaluate(() => performance.timeOrigin);
    const [began] = view.of(second, 'page_started');
    assert.deepEqual([began.elapsed_ms, began.seq], [0, 0]);
    assert.ok(Math.abs(began.client_time - origin - shown) < 2, `${began.client_time} ${origin} ${shown}`);
    for (const metric of ['fcp', 'lcp']) {
      const { value, elapsed_ms: at } = view.vital(second, metric);
      assert.ok(value > 0 && value <= at + 0.001, `${metric}: ${value}, told at ${at}`);
    }

    const after = { shift: await shift(view) };
    await hidePage(view);
    await view.told(() => view.vital(second, 'cls'), 'its shift');
    // Its own ad may have moved something, too.
    assert.ok(view.vital(second, 'cls').value >= after.shift - 0.0001);
    assert.equal(view.vital(second, 'inp'), undefined, 'nobody has done anything in it');
    after.act = await act(view);
    await hidePage(view);
    await view.told(() => view.vital(second, 'inp')?.value >= after.act, 'its interaction');

    await awayAndBack(view, 2);
    const third = await view.current();
    await view.told(() => view.vital(third, 'fcp') && view.of(third, 'ad_rendered')[0], 'the third view');
    for (const id of [first, second, third]) {
      const seqs = view.events
        .filter(({ page_view_id: own }) => own === id)
        .map(({ seq }) => seq)
        .sort((a, b) => a - b);
      assert.deepEqual(
        seqs,
        seqs.map((_, place) => place),
      );
      assert.equal(view.of(id, 'page_started').length, 1);
      for (const metric of ['fcp', 'lcp'])
        assert.ok(view.of(id, 'vital_measured').filter((event) => event.metric === metric).length < 2, metric);
    }
    assert.deepEqual([view.refusals, view.errors], [[], []]);
    await view.close();
  });
}

test('nothing of ours keeps a page out of the cache, not even records and auctions that nobody has answered', async () => {
  const never = new Promise(() => {});
  const view = await visit({ direct: true, reply: (count) => (count === 2 ? never : reply) });
  const first = await view.current();
  await view.told(() => view.of(first, 'ad_rendered')[0], 'the first view');
  await view.page.evaluate(() => earlybid.refresh('top'));
  await until(() => view.auctions.length === 2, 'a second auction');
  // The browser keeps no page that is left while a frame in it loads, and the next ad's frame is made with its auction.
  await until(
    () =>
      view.page.evaluate(() => {
        const frames = [...document.querySelectorAll('iframe')];
        return frames.length === 2 && frames.every((frame) => loaded.has(frame));
      }),
    'a frame for the second auction',
  );
  const before = view.events.length;
  view.options.hold = { events: never };
  await view.page.goto(view.url.replace(/page$/, 'next'));
  await until(() => view.events.length > before, 'the last records of the first view');
  view.options.hold = {};
  await awayAndBack(view, 1);
  const second = await view.current();
  await view.told(() => view.of(second, 'ad_rendered')[0], 'the second view');
  assert.deepEqual([view.refusals, view.errors], [[], []]);
  await view.close();
});
