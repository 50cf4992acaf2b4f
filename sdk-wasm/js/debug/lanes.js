/* The waterfall of this page view: one lane for the SDK, one for each auction, and one for each ad. */
import { element, nothing, time } from './dom.js';

const axis = (end) => {
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const labels = steps.map((share) => element('span', {}, time(end * share)));
  labels.forEach((label, place) => (label.style.left = steps[place] * 100 + '%'));
  return element('div', { className: 'axis', 'aria-hidden': 'true' }, ...labels);
};

const lane = (end, name, bars, marks, said) => {
  const put = (className, from, to) => {
    const made = element('div', { className });
    made.style.left = (from / end) * 100 + '%';
    if (to !== undefined) made.style.width = ((to - from) / end) * 100 + '%';
    return made;
  };
  const drawn = [
    ...bars.filter(([, from, to]) => to >= from).map(([tone, from, to]) => put('bar ' + tone, from, to)),
    ...marks.filter(([, at]) => at !== undefined).map(([tone, at]) => put('mark ' + tone, at)),
  ];
  return element(
    'div',
    { className: 'lane' },
    element('div', { className: 'name', title: name }, name),
    element('div', { className: 'track', 'aria-hidden': 'true' }, ...drawn),
    element(
      'div',
      { className: 'said' },
      said
        .filter(([, at]) => at !== undefined)
        .sort((a, b) => a[1] - b[1])
        .map(([word, at]) => `${word} ${time(at)}`)
        .join(' · '),
    ),
  );
};

const first = (events, name) => (events.find(({ event }) => event == name) || {}).elapsed_ms;

const ofPage = (known, end) => {
  const at = (name) => first(known.events, name);
  const bars = [['code', at('loader_started'), at('sdk_ready')]];
  const said = [
    ['loader', at('loader_started')],
    ['module fetched', at('wasm_fetched')],
    ['compiled', at('wasm_compiled')],
    ['SDK ready', at('sdk_ready')],
  ];
  return lane(end, 'SDK', bars, [['code', at('sdk_ready')]], said);
};

const ofAuction = (known, end, id, place) => {
  const own = known.events.filter(({ auction_id, slot }) => auction_id == id && !slot);
  const at = (name) => first(own, name);
  const back = at('bids_returned');
  const over = back === undefined ? at('auction_timed_out') : back;
  const said = [
    ['sent', at('auction_requested')],
    ['first byte', at('auction_first_byte')],
    ['bids', back],
    ['given up', at('auction_timed_out')],
  ];
  return lane(end, 'Auction ' + (place + 1), [['bid', at('auction_requested'), over]], [['bad', at('auction_timed_out')]], said);
};

const ofAd = (known, end, code, round) => {
  const own = known.events.filter(({ slot, refresh_no }) => slot == code && refresh_no == round);
  const at = (name) => first(own, name);
  const auction = known.events.filter(({ auction_id, slot }) => !slot && auction_id && auction_id == (own[0] || {}).auction_id);
  const back = first(auction, 'bids_returned');
  const asked = at('ad_server_requested');
  const bars = [
    ['bid', first(auction, 'auction_requested'), back],
    ['server', asked, at('ad_server_responded')],
    ['draw', at('ad_rendered') === undefined ? undefined : Math.max(back || 0, at('ad_server_responded') || 0), at('ad_rendered')],
  ];
  const said = [
    ['key-values', at('targeting_set')],
    ['ad server asked', asked],
    ['answered', at('ad_server_responded')],
    ['no ad', at('slot_empty')],
    ['shown', at('ad_rendered')],
    ['loaded', at('creative_loaded')],
    ['viewable', at('ad_viewable')],
  ];
  const marks = [
    ['good', at('ad_viewable')],
    ['warn', at('slot_empty')],
    ['bad', at('error_raised')],
  ];
  return lane(end, round ? `${code} #${round}` : code, bars, marks, said);
};

export const lanes = (known) => {
  const timed = known.events.filter(({ event }) => event != 'vital_measured' && event != 'ad_seen');
  if (!timed.length) return [nothing('Nothing has happened yet.')];
  const end = Math.max(100, ...timed.map(({ elapsed_ms }) => elapsed_ms)) * 1.02;
  const auctions = [
    ...new Set(
      known.events.filter(({ event, auction_id }) => event == 'auction_requested' && auction_id).map(({ auction_id }) => auction_id),
    ),
  ];
  const ads = [...new Set(known.events.filter(({ slot }) => slot).map(({ slot, refresh_no }) => JSON.stringify([slot, refresh_no])))].map(
    (text) => JSON.parse(text),
  );
  const tones = [
    ['Earlybid', '--amber'],
    ['auction', '--blue'],
    ['ad server', '--violet'],
    ['rendering', '--green'],
  ];
  const legend = element(
    'p',
    { className: 'legend' },
    ...tones.map(([name, tone]) => {
      const entry = element('span', {}, name);
      entry.style.setProperty('--tone', `var(${tone})`);
      return entry;
    }),
  );
  return [
    axis(end),
    ofPage(known, end),
    // Only the latest, as many as fit into a panel.
    ...auctions.slice(-10).map((id, place) => ofAuction(known, end, id, place + Math.max(0, auctions.length - 10))),
    ...ads.slice(-30).map(([code, round]) => ofAd(known, end, code, round)),
    legend,
  ];
};
