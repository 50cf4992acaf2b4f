// How much of ours runs in one task: work is split, and the page has its turn in between. Counted by task, not by the clock.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, start, until, winner } from './harness.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

// In the page: numbers the tasks that begin with a timer or with the scheduler, and notes what happens in which.
function countTasks() {
  if (window !== top) return;
  let task = 0;
  window.done = [];
  const note = (what) => window.done.push([what, task]);
  const numbered =
    (call) =>
    (...values) => ((task += 1), call(...values));
  const { setTimeout } = window;
  window.setTimeout = (call, ...rest) => setTimeout(numbered(call), ...rest);
  const postTask = scheduler.postTask.bind(scheduler);
  scheduler.postTask = (call, ...rest) => postTask(numbered(call), ...rest);
  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (body) {
    note('request');
    return send.call(this, body);
  };
  const { appendChild } = Node.prototype;
  Node.prototype.appendChild = function (node) {
    note(node.name === '__pb_locator__' ? 'locator' : String(node.localName));
    return appendChild.call(this, node);
  };
  const { append } = Element.prototype;
  Element.prototype.append = function (...nodes) {
    nodes.forEach((node) => note(String(node.localName)));
    return append.apply(this, nodes);
  };
  // The module's functions are recognised by the number of their parameters, since their names are single letters.
  const names = { 1: 'told', 5: 'start', 6: 'told' };
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (...values) {
    note('instance');
    const exports = { ...new Instance(...values).exports };
    for (const [name, value] of Object.entries(exports)) {
      if (names[value.length]) exports[name] = (...given) => (note(names[value.length]), value(...given));
    }
    return { exports };
  };
}

const tasksOf = async (view, what) =>
  (await view.page.evaluate(() => window.done)).filter(([name]) => name === what).map(([, task]) => task);
const reply = (count, body) => answer(...body.imp.map(({ id }) => winner(id, 'delta', 1, id)));

test('the request, what it starts beside it, and each step of the start have a task of their own', async () => {
  const view = await world.visit({ reply, before: countTasks });
  await view.has('ad_rendered', 'top');
  const [request] = await tasksOf(view, 'request');
  const [script] = await tasksOf(view, 'script');
  const [instance] = await tasksOf(view, 'instance');
  const [begun] = await tasksOf(view, 'start');
  const [locator] = await tasksOf(view, 'locator');
  const told = await tasksOf(view, 'told');
  assert.equal(request, 0);
  assert.ok(script > request && instance >= script, 'the SDK is asked for after the request');
  assert.ok(begun > instance && told[0] > begun, `${begun} after ${instance}, ${told[0]} after ${begun}`);
  assert.ok(locator > begun && !told.includes(locator), `${locator} has nothing but the frame: ${told}`);
  assert.deepEqual(view.errors, []);
  await view.close();
});

test('frames made beforehand have a task each', async () => {
  const view = await world.visit({ reply, direct: true, before: countTasks });
  await view.has('ad_rendered', 'top');
  const tasks = await tasksOf(view, 'iframe');
  assert.equal(tasks.length, 2);
  assert.ok(tasks[0] > 0 && tasks[1] > tasks[0], `frames in the tasks ${tasks}`);
  const others = [...(await tasksOf(view, 'start')), ...(await tasksOf(view, 'told'))];
  assert.ok(!others.some((task) => tasks.includes(task)), `frames in ${tasks}, the core in ${others}`);
  await view.close();
});

test('many slots: a task ends once eight milliseconds are used, and the page is left alone once all is done', async () => {
  const slots = Array.from({ length: 24 }, (_, place) => ({ code: `s${place}`, sizes: [[300, 250]] }));
  const view = await world.visit({
    reply,
    direct: true,
    config: { slots },
    open: false,
    body: slots.map(({ code }) => `<div id="${code}" style="min-height:250px"></div>`).join(''),
    before: countTasks,
  });
  // A clock that advances by a millisecond each time it is read.
  await view.page.addInitScript(() => {
    let now = 0;
    performance.now = () => (now += 1);
  });
  await view.open();
  await until(async () => (await tasksOf(view, 'iframe')).length === slots.length, 'the frames');
  const tasks = await tasksOf(view, 'iframe');
  const most = Math.max(...tasks.map((task) => tasks.filter((other) => other === task).length));
  assert.ok(most <= 8, `${most} frames in a task`);
  await view.close();
});
