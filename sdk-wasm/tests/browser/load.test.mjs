// Pages that stay open for a long time, and pages with many slots: nothing grows, and nothing occupies the page for long.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, taken, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

const REFRESHES = 200;
const winners = (count, body) => answer(...body.imp.map(({ id }) => winner(id, 'delta', 1, `${id}-${count}`, { adm: '<p id=ad>ad</p>' })));

// Keeps a reference to the module's memory, which no count of the browser includes.
const watchMemory = () => {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (...values) {
    const instance = new Instance(...values);
    window.moduleMemory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
    return instance;
  };
  WebAssembly.Instance.prototype = Instance.prototype;
};

/** That many new ads in the slot, one after the other, each rendered before the next is asked for. */
const refresh = (view, times) =>
  view.page.evaluate(async (wanted) => {
    if (!window.told) {
      earlybid.on('ad_rendered', () => window.told());
      window.done = 0;
    }
    for (let time = 0; time < wanted; time += 1) {
      const shown = new Promise((resolve) => (window.told = resolve));
      earlybid.refresh('top');
      await shown;
      window.done += 1;
    }
    return window.done;
  }, times);

/** What is left once all garbage has been collected. */
async function held(view, session) {
  for (let pass = 0; pass < 3; pass += 1) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const found = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  const module = await view.page.evaluate(() => window.moduleMemory.buffer.byteLength);
  return {
    heap: found.JSHeapUsedSize,
    nodes: found.Nodes,
    listeners: found.JSEventListeners,
    frames: found.Frames,
    documents: found.Documents,
    module,
  };
}

for (const direct of [true, false]) {
  test(`${REFRESHES} refreshes ${direct ? 'without' : 'with'} an ad server leave nothing behind`, async (context) => {
    const slots = [{ code: 'top', adUnitPath: '/1/top', sizes: [[300, 250]] }];
    const view = await world.visit({ direct, reply: winners, config: { slots }, before: watchMemory });
    await view.has('ad_rendered', 'top');
    const session = await view.page.context().newCDPSession(view.page);
    await session.send('Performance.enable');
    await refresh(view, 20);
    // What the stand-in for GPT logs is not the SDK's.
    const forget = () => view.page.evaluate(() => window.gptLog && window.gptLog.splice(0));
    await forget();
    const before = await held(view, session);
    assert.equal(await refresh(view, REFRESHES), REFRESHES + 20);
    await forget();
    const after = await held(view, session);
    const grown = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
    context.diagnostic(`grown by ${JSON.stringify(grown)}`);
    // Parts of an earlier ad may still be there for a moment; a leak of one per refresh would show.
    assert.ok(grown.nodes < 50 && grown.listeners < 20 && grown.documents < 8 && grown.frames < 4, JSON.stringify(grown));
    assert.ok(grown.heap < REFRESHES * 1024, JSON.stringify(grown));
    assert.ok(grown.module <= 65536, JSON.stringify(grown));
    assert.equal(view.auctions.length, REFRESHES + 21);
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

test('slots that come and go leave nothing behind', async (context) => {
  const view = await world.visit({
    direct: true,
    reply: winners,
    config: { slots: [], slotsInMarkup: true },
    before: watchMemory,
    body: '<main></main>',
  });
  await taken(view);
  const session = await view.page.context().newCDPSession(view.page);
  await session.send('Performance.enable');
  const comeAndGo = (times) =>
    view.page.evaluate(async (wanted) => {
      window.heard = window.heard || (earlybid.on('slot_state', ({ to }) => window.reached && window.reached(to)), true);
      const state = (name) => new Promise((resolve) => (window.reached = (to) => to === name && resolve()));
      for (let time = 0; time < wanted; time += 1) {
        const shown = state('rendered');
        document.querySelector('main').innerHTML = '<div data-earlybid-slot=\'{"sizes":[[300,250]],"lazy":true}\'></div>';
        await shown;
        const gone = state('removed');
        document.querySelector('main').innerHTML = '';
        await gone;
      }
    }, times);
  await comeAndGo(5);
  const before = await held(view, session);
  await comeAndGo(40);
  const after = await held(view, session);
  const grown = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  context.diagnostic(`grown by ${JSON.stringify(grown)}`);
  assert.ok(grown.nodes < 30 && grown.listeners < 10 && grown.documents < 6 && grown.frames < 4, JSON.stringify(grown));
  assert.ok(grown.module <= 65536, JSON.stringify(grown));
  assert.deepEqual(view.errors, []);
  await view.close();
});

for (const [what, early] of [
  ['before the first frames are ready', false],
  ['when the first frames have long been ready', true],
]) {
  test(`with a hundred slots work is cut, with bids ${what}: after eight milliseconds the page has its turn`, async () => {
    const slots = Array.from({ length: 100 }, (_, place) => ({ code: `s${place}`, sizes: [[300, 250]] }));
    let release;
    const released = new Promise((resolve) => (release = resolve));
    const view = await world.visit({
      direct: true,
      reply: winners,
      config: { slots },
      hold: { 'sdk.wasm': early ? released : undefined },
      body: slots.map(({ code }) => `<div id="${code}" style="min-height:250px"></div>`).join(''),
      before: () => {
        // A clock that only work advances: each frame that is put into the page costs three milliseconds.
        let clock = 1;
        performance.now = () => clock;
        window.turns = [];
        window.ready = 0;
        let turn = 0;
        // Microtasks run when the task's own work is done, and belong to it: those that wait already run before the last of these.
        const ended = async () => {
          for (let hop = 0; hop < 500; hop += 1) await null;
          window.turns.push(turn);
          turn = 0;
        };
        const { appendChild } = Node.prototype;
        Node.prototype.appendChild = function (child) {
          if (child.tagName === 'IFRAME') {
            clock += 3;
            turn += 1;
            child.addEventListener('load', () => (window.ready += 1));
            if (turn === 1) ended();
          }
          return appendChild.call(this, child);
        };
      },
    });
    // Waits for the frames that are made while the module is still on its way.
    if (early) await until(() => view.page.evaluate(() => window.ready === 3), 'the first frames');
    release();
    await until(() => view.page.evaluate(() => window.turns.reduce((sum, one) => sum + one, 0) >= 100), 'a hundred frames');
    const turns = await view.page.evaluate(() => window.turns);
    assert.ok(Math.max(...turns) <= 3, turns.join());
    assert.ok(turns.length >= 34, turns.join());
    await until(
      async () => (
        await view.page.evaluate(() => earlybid.flush()), view.events.filter(({ event }) => event === 'ad_rendered').length === 100
      ),
      'a hundred ads',
    );
    assert.equal(view.auctions.length, 1);
    assert.equal(await view.page.locator('iframe').count(), 100);
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}
