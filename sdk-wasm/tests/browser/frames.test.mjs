// The ad server's frames: of the page's origin, on a host of their own, and without any origin.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const adm = '<p id=ad>delta ${AUCTION_PRICE}</p>';

/** What a frame below the slot says about itself, once it shows the ad. */
const ad = (view) =>
  until(async () => {
    for (const frame of view.page.frames().slice(1)) {
      const found = await frame
        .evaluate(() => {
          const text = document.querySelector('#ad')?.innerText;
          let reached = false;
          try {
            reached = !!top.document.title;
          } catch {
            // As it should be in a frame of another origin.
          }
          return text && { text, reached, origin: self.origin, host: location.hostname };
        })
        .catch(() => null);
      if (found) return found;
    }
    return null;
  }, 'the ad');

for (const [kind, modes] of [
  ['creative', ['friendly', 'safe', 'sandboxed']],
  ['inline-creative', ['friendly', 'safe', 'opaque']],
]) {
  for (const frames of modes) {
    test(`${kind} in a ${frames} frame gets the winner, its frame the size, and the page hears of it`, async () => {
      const view = await world.visit({
        reply: answer(winner('top', 'delta', 2, 'ad-1', { adm })),
        before: `window.gptFrames = '${frames}'; window.creativeKind = '${kind}';`,
      });
      const rendered = await view.has('ad_rendered', 'top');
      assert.deepEqual([rendered.bidder, rendered.source], ['delta', 'header_bidding']);
      const found = await ad(view);
      assert.equal(found.text, 'delta 2');
      assert.equal(found.reached, frames === 'friendly');
      assert.equal(found.origin === 'null', frames === 'opaque');
      const sizes = await view.page.evaluate(() => {
        const frame = document.querySelector('#top iframe');
        return [frame, frame.parentElement].map(({ offsetWidth, offsetHeight }) => [offsetWidth, offsetHeight]);
      });
      assert.deepEqual(sizes, [
        [300, 250],
        [300, 250],
      ]);
      assert.equal(view.names().filter((name) => name === 'ad_rendered').length, 1);
      assert.deepEqual(view.errors, []);
      await view.close();
    });
  }
}

for (const frames of ['safe', 'opaque']) {
  test(`a native creative in a frame that is ${frames} gets its assets`, async () => {
    const native = JSON.stringify({ assets: [{ id: 1, title: { text: 'Sharp knives' } }], link: { url: 'https://shop.example/' } });
    const view = await world.visit({
      reply: answer(winner('top', 'delta', 2, 'ad-1', { adm: native, mtype: 4 })),
      before: `window.gptFrames = '${frames}'; window.creativeKind = 'native-creative';`,
    });
    assert.equal((await view.has('ad_rendered', 'top')).bidder, 'delta');
    assert.equal((await ad(view)).text, 'Sharp knives');
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

for (const [what, frames, markup, reason] of [
  ['gets no markup', 'safe', '', 'noAd'],
  // It looks into a frame that it has made itself, which a frame without an origin may not do.
  ['cannot write it', 'opaque', adm, 'exception'],
]) {
  test(`a Universal Creative that ${what} says why, and so do the events`, async () => {
    const view = await world.visit({
      reply: answer(winner('top', 'delta', 2, 'ad-1', { adm: markup })),
      before: `window.gptFrames = '${frames}';`,
    });
    assert.equal((await view.has('error_raised', 'top')).reason, reason);
    assert.equal(view.names().includes('ad_rendered'), false);
    await view.close();
  });
}
