// The order in which the events of a page view must come.

import assert from 'node:assert/strict';

/** Steps that follow one another in time wherever a view has both. */
const CHAIN = [
  'page_started',
  'loader_started',
  'auction_requested',
  'bids_returned',
  'targeting_set',
  'ad_server_requested',
  'ad_server_responded',
  'ad_rendered',
  'ad_viewable',
];

/** Checks numbering and order of one view's events. */
export function checkOrder(events, slots) {
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index),
    'gaps in seq',
  );
  const views = new Set(events.map(({ page_view_id: id }) => id));
  assert.equal(views.size, 1);
  assert.match(events[0].page_view_id, /^[0-9a-f]{32}$/);
  for (const event of events) {
    assert.equal(event.event_id, `${event.page_view_id}-${event.seq}`);
    assert.ok(event.elapsed_ms >= 0 && event.client_time > 0, JSON.stringify(event));
  }
  const [start] = events;
  assert.equal(start.event, 'page_started');
  assert.equal(start.elapsed_ms, 0);
  // Events of the whole page and those of one slot form one sequence per slot.
  for (const slot of slots) {
    const story = CHAIN.map((name) => events.find(({ event, slot: of }) => event === name && (!of || of === slot))).filter(Boolean);
    const told = story.map(({ event, elapsed_ms: at }) => `${event} ${at}`).join(', ');
    const times = story.map(({ elapsed_ms: at }) => at);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
      `${slot}: ${told}`,
    );
    assert.ok(
      story.some(({ event }) => event === 'ad_rendered'),
      `${slot}: ${told}`,
    );
  }
}
