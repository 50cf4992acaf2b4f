// The running programs that a Rust test has started, by the addresses it hands over.

import { setTimeout as pause } from 'node:timers/promises';

import { needed } from './needed.mjs';

export const SITE = needed('EARLYBID_SITE');
export const SITE_WITHOUT_BID_SERVER = needed('EARLYBID_SITE_WITHOUT_BID_SERVER');

/** Switches the fault of every SSP. */
export async function setFaults(fault) {
  for (const code of ['alpha', 'beta', 'delta']) {
    const answer = await fetch(`${needed('EARLYBID_SSP')}/${code}/fault`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ fault }),
    });
    if (!answer.ok) throw new Error(`${code} does not take the fault ${fault}`);
  }
}

/** Runs a query until it has at least this many rows. */
export async function rows(query, atLeast) {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await fetch(needed('EARLYBID_SQL'), { method: 'POST', body: query });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${text}\n${query}`);
    const found = JSON.parse(text);
    if (found.length >= atLeast) return found;
    if (Date.now() > end) throw new Error(`${found.length} rows instead of ${atLeast}: ${query}`);
    await pause(100);
  }
}
