// Lazy loading in the publisher tag's stand-in. An observer of the fake page reports only when a test lets it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { creative, listen, loadPage } from './fake-page.mjs';

function lazyPage(config, { singleRequest = true } = {}) {
  const page = loadPage({ ids: ['top', 'far'] });
  const { googletag } = page;
  for (const id of ['top', 'far']) googletag.defineSlot(`/1/${id}`, [300, 250], id).addService(googletag.pubads());
  googletag.pubads().enableLazyLoad(config);
  if (singleRequest) googletag.pubads().enableSingleRequest();
  googletag.enableServices();
  return page;
}

test('with single request the first slot that comes near asks for all, and each shows its ad when it is near itself', () => {
  const page = lazyPage({ fetchMarginPercent: 500, renderMarginPercent: 200 });
  page.googletag.display('top');
  assert.equal(page.requests.length, 0);
  assert.equal(page.observers[0].options.rootMargin, '500%');
  page.observers[0].reach();
  assert.deepEqual(
    page.requests[0].body.slots.map((slot) => slot.elementId),
    ['top', 'far'],
  );
  page.requests[0].answer({ top: creative(), far: creative() });
  const [, top, far] = page.observers;
  assert.equal(far.options.rootMargin, '200%');
  top.reach();
  assert.equal(page.elements.get('top').children.length, 1);
  assert.equal(page.elements.get('far').children.length, 0);
  far.reach();
  assert.equal(page.elements.get('far').children.length, 1);
});

test('without it each slot is asked for when it comes near', () => {
  const page = lazyPage({}, { singleRequest: false });
  page.googletag.display('top');
  page.googletag.display('far');
  page.observers[1].reach();
  assert.deepEqual(
    page.requests.map(({ body }) => body.slots[0].elementId),
    ['far'],
  );
});

test('a negative margin switches its half off', () => {
  const eager = lazyPage({ fetchMarginPercent: -1 });
  eager.googletag.display('top');
  assert.equal(eager.requests.length, 1);
  eager.requests[0].answer({ top: creative() });
  assert.equal(eager.elements.get('top').children.length, 0);

  const shown = lazyPage({ renderMarginPercent: -1 });
  shown.googletag.display('top');
  shown.observers[0].reach();
  shown.requests[0].answer({ top: creative() });
  assert.equal(shown.elements.get('top').children.length, 1);
});

test('margins grow on narrow screens', () => {
  const page = lazyPage({ fetchMarginPercent: 100, mobileScaling: 2 });
  page.window.innerWidth = 400;
  page.googletag.display('top');
  assert.equal(page.observers[0].options.rootMargin, '200%');
});

test('a slot that is hidden until it is filled is not waited for', () => {
  const page = lazyPage({});
  page.googletag
    .pubads()
    .getSlots()
    .forEach((slot) => slot.setCollapseEmptyDiv(true, true));
  page.googletag.display('top');
  page.requests[0].answer({ top: creative() });
  assert.equal(page.elements.get('top').children.length, 1);
  assert.equal(page.elements.get('top').style.display, '');
});

test('a slot destroyed while it is far is not asked for', () => {
  const page = lazyPage({});
  const heard = listen(page.googletag);
  page.googletag.display('top');
  page.googletag.destroySlots();
  page.observers[0].reach();
  assert.equal(page.requests.length, 0);
  assert.deepEqual([...heard], []);
});
