/* What an integrator should know: faults of the page's own making, and what went wrong while it ran. */
import { element, nothing } from './dom.js';

const script = (node) =>
  /\/loader(-consent)?\.js(\?|$)/.test(node.src) ||
  (!node.src && node.type != 'application/json' && node.textContent.includes('earlybid-config'));

const loaders = () => [...document.scripts].filter(script);

const late = () => performance.now() > 3000 && document.readyState == 'complete';

const ofMarkup = ({ config }) => {
  const found = [];
  const [loader] = loaders();
  if (loaders().length > 1)
    found.push(['The loader is in the page more than once', 'The second one does nothing but costs its bytes. Keep the first.']);
  if (document.querySelectorAll('#earlybid-config').length > 1)
    found.push(['There is more than one page config', 'Only the first element with the id earlybid-config is read.']);
  const sheets = loader
    ? [...document.querySelectorAll('link[rel~=stylesheet]')].filter(
        (link) => link.compareDocumentPosition(loader) & Node.DOCUMENT_POSITION_FOLLOWING,
      )
    : [];
  if (sheets.length)
    found.push(['A stylesheet stands before the loader', 'The auction waits until it has been fetched. Put the loader first in <head>.']);
  document.querySelectorAll('[data-earlybid-slot]').forEach((node) => {
    const text = node.getAttribute('data-earlybid-slot');
    try {
      if (text[0] == '{') JSON.parse(text);
    } catch {
      found.push([
        `data-earlybid-slot of ${node.id || 'an element'} is no JSON`,
        'It is not a slot. Write an object, or the name of a stored imp.',
      ]);
    }
  });
  if ((config.failsafe || 1500) < (config.tmax || 700))
    found.push([
      'failsafe is shorter than tmax',
      'The page gives up before the bid server has to answer. failsafe should be tmax and the way there and back.',
    ]);
  return found;
};

const ofSlots = ({ config, codes }) => {
  const found = [];
  const gpt = (config.adServer || {}).type == 'gpt';
  codes().forEach((code) => {
    const place = document.getElementById(code);
    if (!place) {
      if (late())
        found.push([`${code} has no element`, 'There is no element with this id in the page, so that its ad can never be shown.']);
      return;
    }
    const { minHeight } = getComputedStyle(place);
    if (place.earlybidReserved || minHeight == 'auto' || parseFloat(minHeight) < 2) {
      found.push([
        `${code} keeps no space free`,
        'The page moves when its ad comes. Give the element a min-height of the tallest ad in the page’s own styles.',
      ]);
    }
  });
  if (gpt && late()) {
    if (!window.googletag || (!googletag.pubadsReady && !googletag.apiReady && !googletag.pubads))
      found.push([
        'The ad server’s library is not there',
        'adServer.type is gpt, but nothing has loaded gpt.js. Name it in adServer.scripts or load it.',
      ]);
    else {
      const slots = googletag.pubads().getSlots();
      if (!slots.length)
        found.push([
          'The ad server has no slots',
          'The page defines none with googletag.defineSlot; or set adServer.define and adUnitPath.',
        ]);
      codes().forEach((code) => {
        const { adUnitPath } = (config.slots || []).find((slot) => slot.code == code) || {};
        const known = slots.some((slot) => slot.getSlotElementId() == code || slot.getAdUnitPath() == adUnitPath);
        if (slots.length && !known)
          found.push([`The ad server does not know ${code}`, 'No slot of its library has this element or this path.']);
      });
      const service = googletag.pubads();
      if (service.isInitialLoadDisabled && !service.isInitialLoadDisabled())
        found.push([
          'The ad server does not wait for bids',
          'Its initial load is on: something has enabled services before the loader ran.',
        ]);
    }
  }
  return found;
};

const reasons = {
  bid_server_unreachable: 'No answer: the address, CORS for this origin, or a blocker.',
  bid_server_status: 'The bid server refused; the body of its answer says why.',
  answer_malformed: 'The answer is no JSON.',
  auction_not_requested: 'The request could not be made: the address, or connect-src of the page’s policy.',
  slot_not_found: 'Neither the page nor the ad server had the slot within ten seconds.',
  bid_used: 'A creative asked again for a bid that had been shown.',
  bid_expired: 'A creative asked for a bid that was too old.',
  page_call_failed: 'A function that the page pushed to earlybid.cmd threw.',
  browser_intervention: 'The browser took the ad away because it used too much.',
};

const ofEvents = ({ events, config, state }) => {
  const found = [];
  const errors = events.filter(({ event }) => event == 'error_raised');
  const names = [...new Set(errors.map(({ reason, slot }) => [reason, slot].filter(Boolean).join(' · ')))];
  names.forEach((name) => found.push([name.replace(/_/g, ' '), reasons[name.split(' · ')[0]] || 'Something of ours failed.']));
  const timed = events.filter(({ event }) => event == 'auction_timed_out');
  if (timed.length)
    found.push([
      'An auction took too long',
      `The page went on without it after ${Math.round(timed[0].elapsed_ms)} ms. Compare failsafe, tmax and the way to the bid server.`,
    ]);
  const wait = (state.read || 0) - (state.started || 0);
  if (wait > 300)
    found.push([
      'Consent came late',
      `The auction waited ${Math.round(wait)} ms for it. Name the CMP’s stored strings in privacy.stored, so that returning visitors do not wait.`,
    ]);
  if (!config.eventsUrl)
    found.push(['This page view is not recorded', 'There is no eventsUrl, or it is not in the share that is recorded.']);
  return found;
};

const all = (known) => [...ofMarkup(known), ...ofSlots(known), ...ofEvents(known)];

export const warnings = (known) => {
  const found = all(known);
  if (!found.length) return [nothing('Nothing to complain about.')];
  return [
    element(
      'ul',
      {},
      ...found.map(([title, text]) => element('li', {}, element('strong', { className: 'warn' }, title), element('span', {}, text))),
    ),
  ];
};

warnings.count = (known) => all(known).length;
