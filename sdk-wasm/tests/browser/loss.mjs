// How many events are lost when a tab goes away right after them. Prints rows as JSON: closed, navigated.
//
//     node sdk-wasm/tests/browser/loss.mjs [--runs 30]
import { parseArgs } from 'node:util';

import { answer, start, winner } from './harness.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '30' } } });
const runs = Number(values.runs);
/** Events of the last moment in each run. */
const LAST = 10;

const ways = {
  close: (view) => view.page.close(),
  navigate: (view) => view.page.evaluate(() => { location.href = 'next'; }),
};

const world = await start();
const rows = [];
for (const [way, leave] of Object.entries(ways)) {
  let lost = 0;
  for (let run = 0; run < runs; run += 1) lost += await one(leave);
  const told = runs * LAST;
  rows.push({ way, events: told, lost, percent: Math.round((lost / told) * 10000) / 100 });
}
await world.close();
console.log(JSON.stringify(rows));

async function one(leave) {
  const view = await world.visit({ reply: answer(winner('top', 'delta', 2, 'ad-1')) });
  await view.has('ad_rendered', 'top');
  await view.page.evaluate((count) => {
    for (let number = 0; number < count; number += 1) earlybid.cmd.push(() => { throw new Error('the last moment'); });
  }, LAST);
  await leave(view);
  const arrived = () => view.events.filter(({ reason }) => reason === 'page_call_failed').length;
  for (let waited = 0; waited < 1000 && arrived() < LAST; waited += 20) await new Promise((resume) => setTimeout(resume, 20));
  await view.close();
  return LAST - arrived();
}
