// Pages without an ad server: the SDK renders the winner itself, in a sandbox.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const adText = (view) =>
  until(async () => {
    for (const frame of view.page.frames().slice(1)) {
      const text = await frame.evaluate(() => document.querySelector('#ad')?.innerText).catch(() => '');
      if (text) return text;
    }
    return '';
  }, 'an ad');

test('the winner is shown in a frame that cannot reach the page', async () => {
  const view = await world.visit({ direct: true, reply: answer(winner('top', 'delta', 1.2, 'ad-1')) });
  const rendered = await view.has('ad_rendered', 'top');
  assert.equal(await adText(view), 'delta 1.2');
  assert.deepEqual([rendered.bidder, rendered.cpm, rendered.source], ['delta', 1.2, 'header_bidding']);
  const frame = await view.page.evaluate(() => {
    const found = document.querySelector('#top iframe');
    return { sandbox: found.sandbox.value, reachable: !!found.contentDocument, box: [found.offsetWidth, found.offsetHeight] };
  });
  assert.equal(frame.reachable, false);
  assert.ok(!frame.sandbox.includes('allow-same-origin') && !/allow-top-navigation( |$)/.test(frame.sandbox));
  assert.deepEqual(frame.box, [300, 250]);
  assert.equal(await view.page.title(), 'page');
  assert.equal((await view.has('slot_empty', 'side')).reason, 'no_bid');
  assert.equal(await view.page.locator('#side iframe').count(), 0);
  await view.has('ad_viewable', 'top');
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('the layout does not move when the ad comes', async () => {
  const view = await world.visit({
    direct: true,
    reply: answer(winner('top', 'delta', 1.2, 'ad-1')),
    before: () => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value))).observe({
        type: 'layout-shift',
        buffered: true,
      });
    },
  });
  await view.has('ad_viewable', 'top');
  assert.equal(await view.page.evaluate(() => window.shift), 0);
  await view.close();
});

test('a refresh replaces the ad', async () => {
  const view = await world.visit({
    direct: true,
    reply: (count) => answer(winner('top', `bidder${count}`, count, `ad-${count}`)),
  });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate(() => earlybid.refresh('top'));
  await until(async () => (await adText(view)) === 'bidder2 2', 'the second ad');
  assert.equal(await view.page.locator('#top iframe').count(), 1);
  await view.close();
});

test('events arrive although the page is left at once', async () => {
  const view = await world.visit({ direct: true, reply: answer(winner('top', 'delta', 2, 'ad-1')), open: false });
  await view.open();
  await view.page.waitForSelector('#top iframe:not([style*=hidden])');
  await view.page.goto('about:blank');
  await view.has('sdk_ready');
  await view.has('bids_returned');
  assert.deepEqual(
    view.events.map((event) => event.seq),
    view.events.map((_, place) => place),
  );
  await view.close();
});

test('calls of the page are queued before and run after, and a broken one harms nobody', async () => {
  const view = await world.visit({
    direct: true,
    head: `<script>earlybid.cmd.push(() => { throw new Error('page'); }, () => { window.early = earlybid.version; });</script>`,
  });
  await until(() => view.page.evaluate(() => window.early), 'the queued call');
  const id = await view.page.evaluate(() => {
    earlybid.flush();
    return earlybid.pageViewId;
  });
  assert.equal(id, view.auctions[0].body.ext.earlybid.page_view_id);
  assert.equal((await view.has('error_raised')).reason, 'page_call_failed');
  assert.deepEqual(view.errors, []);
  await view.close();
});
