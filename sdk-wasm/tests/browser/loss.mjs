// How many events are lost when a tab goes away right after them, according to their numbers. Prints rows as JSON.
//
//     node sdk-wasm/tests/browser/loss.mjs [--runs 30] [--seed 1]
//
// Each run visits a page, lets it record one to forty more events, and leaves at once:
// the tab is closed, goes elsewhere, is reloaded, or its process is killed. `told` counts the
// events up to that moment, `lost` those of them that never arrived, `gaps` the numbers that are
// missing among those that did arrive, which is all that a table can show.
import { parseArgs } from 'node:util';

import { answer, start, winner } from './harness.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } } });
const runs = Number(values.runs);
/** How long a run may take, in milliseconds; one that takes longer ends the measurement with an error. */
const LONGEST = 30_000;
/** Events that have not arrived this many milliseconds after the tab has gone count as lost. */
const PATIENCE = 2_000;

let state = Number(values.seed) >>> 0;
const random = () => {
  // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const ways = {
  close: (view) => view.page.close(),
  navigate: (view) => view.page.goto(view.url.replace('/page', '/next'), { waitUntil: 'commit' }),
  reload: (view) => view.page.reload({ waitUntil: 'commit' }),
  kill: async (view) => {
    const session = await view.page.context().newCDPSession(view.page);
    const gone = new Promise((crashed) => {
      view.page.once('crash', crashed);
    });
    // The answer never comes, since the process that would give it is gone.
    session.send('Page.crash').catch(() => {});
    await gone;
  },
};

const world = await start();
const rows = [];
for (const [way, leave] of Object.entries(ways)) {
  const sum = { told: 0, lost: 0, gaps: 0 };
  for (let run = 0; run < runs; run += 1) {
    const found = await within(one(leave, 1 + Math.floor(random() * 40)), `${way}, run ${run}`);
    for (const name of Object.keys(sum)) sum[name] += found[name];
  }
  const percent = (part) => Math.round((part / sum.told) * 10_000) / 100;
  rows.push({ way, runs, told: sum.told, lost: sum.lost, 'lost %': percent(sum.lost), 'gaps %': percent(sum.gaps) });
}
await world.close();
console.log(JSON.stringify(rows));

async function one(leave, more) {
  const view = await world.visit({ patient: true, direct: true, reply: answer(winner('top', 'delta', 2, 'ad-1')) });
  await view.page.waitForFunction(() => window.earlybid && earlybid.flush);
  const [id, told] = await view.page.evaluate((count) => {
    let highest = 0;
    earlybid.on('*', ({ seq }) => {
      if (seq !== undefined) highest = seq;
    });
    for (let number = 0; number < count; number += 1)
      earlybid.cmd.push(() => {
        throw new Error('the last moment');
      });
    return [earlybid.pageViewId, highest + 1];
  }, more);
  await leave(view);
  const arrived = () => new Set(view.events.filter(({ page_view_id: of }) => of === id).map(({ seq }) => seq));
  const missing = () => Array.from({ length: told }, (_, seq) => seq).filter((seq) => !arrived().has(seq)).length;
  for (let waited = 0; waited < PATIENCE && missing(); waited += 20) await new Promise((resume) => setTimeout(resume, 20));
  const seqs = [...arrived()];
  const found = { told, lost: missing(), gaps: seqs.length ? Math.max(...seqs) + 1 - seqs.length : 0 };
  await view.close();
  return found;
}

function within(work, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`took too long: ${what}`)), LONGEST);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
