/* All bids of the page view, with what became of each, and who did not bid and why, if the answer says so. */
import { element, nothing, table } from './dom.js';

// OpenRTB, "Seat Non-Bid": codes of the community extension.
const reasons = {
  0: 'no bid',
  100: 'error',
  101: 'too late',
  102: 'answer could not be read',
  103: 'not reached',
  200: 'not asked',
  201: 'not asked: channel',
  202: 'not asked: media type',
  203: 'not asked: unlikely to bid',
  204: 'not asked: privacy',
  205: 'not asked: currency',
  300: 'refused',
  301: 'below the floor',
  302: 'duplicate',
  303: 'no category',
  304: 'below the deal’s floor',
  305: 'refused: DSA',
  350: 'refused: creative',
  351: 'refused: size',
  352: 'refused: not secure',
  356: 'refused: advertiser blocked',
};

const fate = (known, { id, seat, bid, best, late }) => {
  const shown = known.events.some(
    ({ event, slot, auction_id, bidder }) => event == 'ad_rendered' && slot == bid.impid && auction_id == id && bidder == seat,
  );
  if (shown && best) return ['shown', 'good'];
  if (!best) return ['lost to a better bid', 'plain'];
  const of = (name) => known.events.find(({ event, slot, auction_id }) => event == name && slot == bid.impid && auction_id == id);
  const failed = of('error_raised');
  if (failed) return [failed.reason.replace(/_/g, ' '), 'bad'];
  if (late) return ['too late: the page had gone on', 'warn'];
  if (of('ad_rendered')) return ['won here, the ad server chose another ad', 'warn'];
  if (of('slot_empty')) return ['won here, the ad server showed nothing', 'warn'];
  return ['won', 'busy'];
};

const rows = (known, { id, content }) => {
  const offers = (content.seatbid || []).flatMap(({ seat, bid }) => (bid || []).map((one) => ({ seat, bid: one })));
  const late = known.events.some(({ event, auction_id, reason }) => event == 'bids_returned' && auction_id == id && reason == 'late');
  const found = offers.map(({ seat, bid }) => {
    const targeted = ((bid.ext || {}).prebid || {}).targeting;
    const winner = offers.filter((other) => other.bid.impid == bid.impid);
    const best = targeted ? !!targeted.hb_pb : winner.every((other) => other.bid.price <= bid.price);
    const [text, tone] = fate(known, { id, seat, bid, best, late });
    const size = bid.w ? `${bid.w}x${bid.h}` : '';
    return [bid.impid, seat || '', `${bid.price} ${content.cur || 'USD'}`, size, element('span', { className: tone }, text)];
  });
  const ext = content.ext || {};
  const none = (ext.seatnonbid || (ext.prebid || {}).seatnonbid || []).flatMap(({ seat, nonbid }) =>
    (nonbid || []).map(({ impid, statuscode }) => [
      impid,
      seat,
      '',
      '',
      element('span', { className: 'plain' }, reasons[statuscode] || `code ${statuscode}`),
    ]),
  );
  const said = (kind) =>
    Object.entries(ext[kind] || {}).flatMap(([seat, all]) =>
      (Array.isArray(all) ? all : []).map(({ message }) => ['', seat, '', '', element('span', { className: 'warn' }, message)]),
    );
  return [...found, ...none, ...said('errors'), ...said('warnings')];
};

export const bids = (known) => {
  const all = known.answers.flatMap((answer) => rows(known, answer));
  const without = known.events.filter(({ event, slot }) => event == 'no_bid' && !all.some(([impid]) => impid == slot));
  const empty = [...new Set(without.map(({ slot }) => slot))].map((slot) => [
    slot,
    '',
    '',
    '',
    element('span', { className: 'plain' }, 'nobody bid'),
  ]);
  if (!all.length && !empty.length) return [nothing(known.answers.length ? 'The answer has no bids.' : 'No answer yet.')];
  return [table('Bids', ['Slot', 'Bidder', 'Price', 'Size', 'What became of it'], [...all, ...empty])];
};
