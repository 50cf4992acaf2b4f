// What is recorded besides the ad's own steps: the browser's timing, vitals, clicks, time on screen, consent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, clickUntil, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const reply = answer(winner('top', 'delta', 2, 'ad-1'));
const of = (view, name) => view.events.filter((event) => event.event === name);
const vital = (view, metric) =>
  of(view, 'vital_measured')
    .filter((event) => event.metric === metric)
    .at(-1);
const hidePage = (view) =>
  view.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
const showPage = (view) =>
  view.page.evaluate(() => {
    delete document.visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  });
const frames = (view, count = 3) =>
  view.page.evaluate(
    (left) =>
      new Promise((done) => {
        const next = () => (left-- ? requestAnimationFrame(next) : setTimeout(done));
        next();
      }),
    count,
  );

test('every step from the navigation to time on screen is there, in its order', async () => {
  const view = await world.visit({ reply, direct: true, body: '<p>Words to paint.</p>' });
  await view.has('ad_viewable', 'top');
  await view.has('vital_measured');
  await hidePage(view);
  await view.has('ad_seen', 'top');
  const at = Object.fromEntries(view.events.filter(({ slot }) => !slot || slot === 'top').map((event) => [event.event, event.elapsed_ms]));
  // The page notes the request when the call to send it returns; by then the browser may have the first byte from so near a server.
  const orders = [
    ['page_started', 'loader_started', 'config_read', 'auction_requested', 'bids_returned'],
    ['config_read', 'auction_first_byte', 'auction_last_byte', 'bids_returned'],
  ];
  for (const order of orders) {
    for (const [place, name] of order.entries()) {
      assert.ok(at[name] !== undefined, name);
      assert.ok(place === 0 || at[order[place - 1]] <= at[name] + 0.2, `${name} ${JSON.stringify(at)}`);
    }
  }
  assert.ok(at.wasm_fetched <= at.wasm_compiled && at.wasm_compiled <= at.sdk_ready, JSON.stringify(at));
  assert.ok(
    at.sdk_ready <= at.ad_rendered && at.ad_rendered <= at.creative_loaded && at.creative_loaded < at.ad_viewable,
    JSON.stringify(at),
  );
  assert.equal((await view.has('no_bid', 'side')).auction_id, view.auctions[0].body.id);
  for (const name of ['auction_first_byte', 'auction_last_byte']) assert.equal((await view.has(name)).auction_id, view.auctions[0].body.id);
  const seen = of(view, 'ad_seen').find(({ slot }) => slot === 'top');
  assert.ok(seen.visible_ms >= 1000 && seen.visible_ms <= seen.elapsed_ms, JSON.stringify(seen));
  for (const event of view.events) {
    assert.deepEqual([event.viewport_width, event.viewport_height, event.schema_version], [1000, 800, 1]);
  }
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('time on screen, removal and a click go through the ad server, too', async () => {
  const view = await world.visit({ reply });
  await view.has('ad_viewable', 'top');
  await view.has('creative_loaded', 'top');
  await until(() => view.paths.includes('sdk/telemetry.js'), 'telemetry.js');
  await view.has('wasm_fetched');
  const told = () => view.page.evaluate(() => earlybid.flush()).then(() => of(view, 'ad_clicked').find(({ slot }) => slot === 'top'));
  const click = await clickUntil(view, 20, 20, told, 'a click');
  assert.equal(click.refresh_no, 0);
  assert.equal(click.auction_id, view.auctions[0].body.id);
  await view.page.evaluate(() => earlybid.removeSlots('top'));
  await view.has('slot_removed', 'top');
  const seqs = (name) =>
    of(view, name)
      .filter(({ slot }) => slot === 'top')
      .map(({ seq }) => seq);
  assert.ok(seqs('ad_seen')[0] < seqs('slot_removed')[0]);
  await view.close();
});

test('each click in a frame of ours is told once', async () => {
  // The creative counts clicks by itself.
  const adm = `<p>ad</p><script>addEventListener('click', () => parent.postMessage('counted', '*'))</script>`;
  const view = await world.visit({
    reply: answer(winner('top', 'delta', 2, 'ad-1', { adm })),
    direct: true,
    body: `<script>window.counted = 0; addEventListener('message', ({ data }) => data === 'counted' && counted++);</script>`,
  });
  await view.has('ad_rendered', 'top');
  await view.has('wasm_fetched');
  const counted = () => view.page.evaluate(() => window.counted);
  await clickUntil(view, 500, 20, async () => (await counted()) > 1, 'two clicks');
  const told = () => view.page.evaluate(() => earlybid.flush()).then(() => of(view, 'ad_clicked').length);
  await until(async () => (await told()) === (await counted()), 'as many records');
  await view.close();
});

test('paint, shift and interaction are measured, shifts with the part of ads', async () => {
  const view = await world.visit({
    reply,
    direct: true,
    body: `<h1 id=words>Words to paint</h1><button id=slow style="display:block;width:200px;height:40px">slow</button>
      <script>document.getElementById('slow').onclick = ({ target }) => {
        const end = performance.now() + 120;
        while (performance.now() < end);
        // An interaction ends with the next paint, so there has to be something to paint.
        target.textContent = 'done at ' + end;
        target.style.background = 'yellow';
      };</script>`,
  });
  await view.has('ad_rendered', 'top');
  await view.has('wasm_fetched');
  const fcp = await until(async () => (await view.has('vital_measured')) && vital(view, 'fcp'), 'fcp');
  const paint = await view.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
  assert.ok(Math.abs(fcp.value - paint) < 0.001, `${fcp.value} ${paint}`);
  await frames(view);
  const shifted = () =>
    view.page.evaluate(
      () => (
        (window.shifts = window.shifts || []),
        new Promise((done) => {
          new PerformanceObserver((list) =>
            done(list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0)),
          ).observe({ type: 'layout-shift', buffered: true });
        })
      ),
    );
  // An ad that grows moves what is below it; then something else does.
  await view.page.evaluate(() => (document.getElementById('top').style.height = '300px'));
  await frames(view);
  const byAds = await shifted();
  await new Promise((resume) => setTimeout(resume, 1200));
  await view.page.evaluate(() => (document.body.style.paddingTop = '200px'));
  await frames(view);
  const all = await shifted();
  await view.page.evaluate(() => {
    new PerformanceObserver((list) => {
      const longest = Math.max(...list.getEntries().map(({ interactionId, duration }) => (interactionId ? duration : 0)));
      if (longest >= 100) window.acted = Math.max(window.acted || 0, longest);
    }).observe({ type: 'event', durationThreshold: 40 });
  });
  // A browser on a busy machine may present no frame, and then an interaction has no end to report: a picture makes it present one.
  for (let clicks = 0; clicks < 10 && !(await view.page.evaluate(() => window.acted)); clicks++) {
    await view.page.click('#slow');
    await view.page.screenshot();
    await view.page.waitForFunction(() => window.acted, null, { polling: 50, timeout: 4000 }).catch(() => {});
  }
  assert.ok(await view.page.evaluate(() => window.acted), 'no interaction was told of');
  await hidePage(view);
  await until(() => vital(view, 'cls'), 'vitals');
  await until(
    () => vital(view, 'inp') && vital(view, 'lcp'),
    JSON.stringify(of(view, 'vital_measured').map(({ metric, value }) => [metric, value])),
  );
  const cls = vital(view, 'cls');
  assert.ok(byAds > 0 && all > byAds);
  // Two windows, over a second apart: the larger one counts.
  const larger = Math.max(byAds, all - byAds);
  assert.ok(Math.abs(cls.value - larger) < 0.0002, `${cls.value} ${larger}`);
  assert.equal(cls.ad_share, all - byAds > byAds ? 0 : 1);
  // How long the interaction took is what the browser says, in steps of eight milliseconds.
  const acted = await view.page.evaluate(() => window.acted);
  assert.ok(vital(view, 'inp').value >= 120 && vital(view, 'inp').value === acted, `${JSON.stringify(vital(view, 'inp'))} ${acted}`);
  assert.ok(vital(view, 'lcp').value >= fcp.value);
  assert.equal(of(view, 'vital_measured').filter(({ metric }) => metric === 'fcp' || metric === 'lcp').length, 2);
  const tasks = vital(view, 'long_tasks');
  assert.ok(tasks.value >= 120 && tasks.ad_share >= 0 && tasks.ad_share <= 1, JSON.stringify(tasks));
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('the share of ads in shift and in long tasks is theirs', async () => {
  const view = await world.visit({ reply, body: '<h1>Words to paint</h1>' });
  await view.has('ad_rendered', 'top');
  await view.has('wasm_fetched');
  await frames(view);
  await view.page.evaluate(() => (document.getElementById('top').style.minHeight = '500px'));
  await frames(view);
  // The ad server's script works for a long time, in a script with an address of its own.
  await view.page.evaluate(
    (origin) =>
      new Promise((done) => {
        window.slept = done;
        document.head.appendChild(Object.assign(document.createElement('script'), { src: `${origin}/busy.js` }));
      }),
    world.other,
  );
  await frames(view);
  await hidePage(view);
  await until(() => vital(view, 'cls') && vital(view, 'long_tasks'), 'vitals');
  assert.equal(vital(view, 'cls').ad_share, 1);
  const tasks = vital(view, 'long_tasks');
  assert.ok(tasks.value >= 150 && tasks.ad_share * tasks.value >= 140, JSON.stringify(tasks));
  await view.close();
});

test('a page that is hidden and shown again reports what has grown, and nothing twice', async () => {
  const view = await world.visit({ reply, direct: true, body: '<h1>Words to paint</h1>' });
  await view.has('ad_viewable', 'top');
  await view.has('vital_measured');
  await hidePage(view);
  await until(() => vital(view, 'cls'), 'vitals');
  await frames(view);
  await showPage(view);
  const before = of(view, 'vital_measured').length;
  await hidePage(view);
  await view.page.evaluate(() => earlybid.flush());
  await showPage(view);
  await view.page.evaluate(() => (document.body.style.paddingTop = '300px'));
  await frames(view);
  await hidePage(view);
  await until(() => of(view, 'vital_measured').length > before, 'what has grown');
  const later = of(view, 'vital_measured')
    .slice(before)
    .map(({ metric }) => metric);
  assert.ok(later.includes('cls') && !later.includes('fcp') && !later.includes('lcp'), later.join());
  await view.close();
});

test('another page in the place of this one has figures of its own', async () => {
  const view = await world.visit({ reply, config: { followNavigation: true }, body: '<h1>Words to paint</h1>' });
  await view.has('ad_viewable', 'top');
  await view.has('vital_measured');
  await view.page.evaluate(() => (document.body.style.paddingTop = '200px'));
  await frames(view);
  await view.page.evaluate(() => history.pushState(null, '', 'another'));
  const views = () => [...new Set(view.events.map((event) => event.page_view_id))];
  await until(async () => (await view.page.evaluate(() => earlybid.flush()), views().length === 2), 'the other page');
  const [first, second] = views();
  assert.ok(vital(view, 'cls').page_view_id === first);
  const { value } = vital(view, 'cls');
  assert.ok(value > 0.05, String(value));
  await hidePage(view);
  await until(() => vital(view, 'cls').page_view_id === second, 'its shift');
  // Its ads may have moved something.
  assert.ok(vital(view, 'cls').value < value / 2, String(vital(view, 'cls').value));
  assert.deepEqual(
    of(view, 'vital_measured')
      .filter(({ page_view_id: id }) => id === second)
      .map(({ metric }) => metric)
      .filter((metric) => /fcp|lcp/.test(metric)),
    [],
  );
  await view.close();
});

test('a page that records nothing does not load the script for it', async () => {
  const view = await world.visit({ reply, direct: true, config: { eventsUrl: undefined } });
  await view.page.waitForFunction(() => window.earlybid.version);
  await view.page.waitForLoadState('load');
  await frames(view, 10);
  assert.ok(!view.paths.includes('sdk/telemetry.js'));
  await view.close();
});

test('without the script all other steps are recorded', async () => {
  const view = await world.visit({ reply, direct: true, missing: ['telemetry.js'] });
  await view.has('ad_viewable', 'top');
  assert.equal((await view.has('error_raised')).reason, 'telemetry_not_loaded');
  await view.close();
});

for (const [name, missing] of [
  ['the SDK', []],
  ['the fallback', ['sdk.wasm']],
]) {
  test(`${name} sends cookies with events only where the visitor allows it`, async () => {
    const cookies = async (consents) => {
      const view = await world.visit({
        reply,
        missing,
        loader: 'loader-consent.js',
        open: false,
        config: { privacy: { apis: ['tcf'] } },
        before: `window.__tcfapi = (command, version, heard) => heard({ gdprApplies: true, tcString: 'CQ', eventStatus: 'tcloaded', purpose: { consents: { 1: ${consents} } } }, true);`,
      });
      await view.page.context().addCookies([{ name: 'visitor', value: 'known', url: world.site }]);
      await view.open();
      await view.has('ad_rendered', 'top');
      await view.close();
      return view.eventsCookies;
    };
    assert.deepEqual([...new Set(await cookies(true))], ['visitor=known']);
    assert.deepEqual([...new Set(await cookies(false))], [undefined]);
  });
}
