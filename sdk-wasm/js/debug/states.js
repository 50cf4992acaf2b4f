/* The slots, and how far each of them has come. */
import { element, nothing, table } from './dom.js';

const words = {
  defined: ['waits', 'plain'],
  awaiting_bids: ['auction runs', 'busy'],
  held: ['waits to be near', 'plain'],
  offered: ['looks for its place', 'busy'],
  requested: ['ad asked for', 'busy'],
  empty: ['no ad', 'warn'],
  rendered: ['ad shown', 'good'],
  viewable: ['viewable', 'good'],
  removed: ['taken away', 'plain'],
};

/** The words for a slot's state, and their tone. */
export const stateOf = (known, code) => words[(known.phases[code] || {}).to] || words.defined;

/** The ad that a slot shows now. */
export const adOf = (known, code) => {
  const round = (known.phases[code] || {}).refresh_no || 0;
  return known.events.filter(({ event, slot, refresh_no }) => event == 'ad_rendered' && slot == code && refresh_no == round).pop();
};

const price = ({ cpm, currency }) => (cpm === undefined ? '' : `${cpm} ${currency || ''}`);

export const states = (known) => {
  const codes = [...new Set([...known.codes(), ...Object.keys(known.phases)])];
  if (!codes.length) return [nothing('This page has no slots.')];
  return [
    table(
      'Slots',
      ['Slot', 'State', 'Ad', 'Price', 'Size', 'Round'],
      codes.map((code) => {
        const [text, tone] = stateOf(known, code);
        const ad = adOf(known, code) || {};
        const empty = known.events.filter(({ event, slot }) => event == 'slot_empty' && slot == code).pop();
        const who = ad.bidder || ad.source || (tone == 'warn' && empty && (empty.reason || '').replace(/_/g, ' ')) || '';
        return [
          code,
          element('span', { className: 'tag ' + tone }, text),
          who,
          price(ad),
          ad.creative_size || '',
          String((known.phases[code] || {}).refresh_no || 0),
        ];
      }),
    ),
  ];
};
