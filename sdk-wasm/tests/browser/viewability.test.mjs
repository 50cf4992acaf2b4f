// The rule of the Media Rating Council on a real screen: scroll, hidden tabs, changed sizes, large ads, slow timers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

/** Height of the viewport. */
const SCREEN = 800;
const pause = (time) => new Promise((resume) => setTimeout(resume, time));
const flush = (view) => view.page.evaluate(() => earlybid.flush());
const told = async (view) => {
  await flush(view);
  await pause(50);
  return view.events.find(({ event, slot }) => event === 'ad_viewable' && slot === 'top');
};
const turn = (view, value) =>
  view.page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, value);

// An ad of this size, with `shown` pixels of its height on screen.
const visit = async (width, height, shown, before = '') => {
  const view = await world.visit({
    reply: answer(winner('top', 'delta', 2, 'ad-1', { w: width, h: height })),
    direct: true,
    before,
    config: { slots: [{ code: 'top', sizes: [[width, height]], storedImp: 'home-top' }] },
    head: `<style>body{margin:0} #top{position:absolute;top:${SCREEN - shown}px;left:0;width:${width}px} #side,#other{position:absolute;top:4000px}</style>`,
  });
  await view.has('ad_rendered', 'top');
  return view;
};

for (const [width, height, shown, counts] of [
  [300, 250, 125, true],
  [300, 250, 124, false],
  // 242,500 pixels are large; one row less is not.
  [970, 250, 75, true],
  [970, 250, 74, false],
  [970, 249, 100, false],
]) {
  test(`${shown} of ${height} rows of an ad ${width} wide ${counts ? 'are enough' : 'are not enough'}`, async () => {
    const view = await visit(width, height, shown);
    if (counts) await view.has('ad_viewable', 'top');
    else {
      await pause(1600);
      assert.equal(await told(view), undefined);
    }
    await view.close();
  });
}

// Does something to the page, and returns the page's clock before and after: the browser checks where things are once a
// frame, and reports it in the next one at the latest.
const timed = async (view, act) => {
  const before = await view.page.evaluate(() => performance.now());
  await act();
  const after = await view.page.evaluate(
    () =>
      new Promise((seen) => {
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => seen(performance.now()))));
      }),
  );
  return { before, after };
};
const scroll = (view, to) => timed(view, () => view.page.evaluate((top) => scrollTo(0, top), to));
const resized = (view, height) => timed(view, () => view.page.setViewportSize({ width: 1000, height }));

for (const [name, away, back] of [
  ['a scroll out of the viewport', (view) => scroll(view, 0), (view) => scroll(view, 1000)],
  ['a hidden tab', (view) => timed(view, () => turn(view, 'hidden')), (view) => timed(view, () => turn(view, 'visible'))],
  ['a window that becomes too small', (view) => resized(view, 100), (view) => resized(view, SCREEN)],
]) {
  test(`${name} counts nothing, and starts the second anew`, async () => {
    // Below the screen at first.
    const view = await visit(300, 250, -700);
    const { before: from } = await scroll(view, 1000);
    await pause(400);
    const { after: to } = await away(view);
    await pause(1200);
    // If the machine was so slow that a second has passed, the test can say nothing.
    const tells = to - from < 1000;
    if (tells) assert.equal(await told(view), undefined, `${from} ${to}`);
    const { before: again } = await back(view);
    const seen = await view.has('ad_viewable', 'top');
    assert.ok(!tells || seen.elapsed_ms >= again + 1000, `${seen.elapsed_ms} ${again}`);
    await view.close();
  });
}

test('an ad that grows while its share on screen stays between two steps is judged by its new size', async () => {
  // 40 %: too little for a small ad, enough for a large one.
  const view = await visit(300, 250, 100);
  await pause(1300);
  assert.equal(await told(view), undefined);
  const grown = await view.page.evaluate(() => {
    const frame = document.querySelector('#top iframe');
    Object.assign(frame.style, { maxWidth: 'none' });
    Object.assign(frame, { width: 980, height: 250 });
    return performance.now();
  });
  const seen = await view.has('ad_viewable', 'top');
  assert.ok(seen.elapsed_ms >= grown + 1000, `${seen.elapsed_ms} ${grown}`);
  await view.close();
});

test('timers that the browser holds back make the news later and change nothing else', async () => {
  // Each timer is two seconds late, as in a background tab that is shown again.
  const slow =
    'const timer = window.setTimeout; window.setTimeout = (call, after, ...more) => timer(call, after > 100 ? after + 2000 : after, ...more);';
  const view = await visit(300, 250, 250, slow);
  const rendered = view.events.find(({ event }) => event === 'ad_rendered');
  const seen = await view.has('ad_viewable', 'top');
  assert.ok(seen.elapsed_ms >= rendered.elapsed_ms + 2000, 'the timers are slow');
  await view.close();
  // Out of the viewport before the second is over: the late timer must not count it.
  const other = await visit(300, 250, -700, slow);
  const { before: from } = await scroll(other, 1000);
  await pause(400);
  const { after: to } = await scroll(other, 0);
  await pause(3000);
  if (to - from < 1000) assert.equal(await told(other), undefined);
  await other.close();
});
