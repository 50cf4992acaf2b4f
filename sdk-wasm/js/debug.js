/*
 * The debug overlay: slots outlined, what this page view did and when, bids with reasons, warnings. Fetched where the page's
 * address has `earlybid_debug=1`. It is drawn over the page and moves nothing in it.
 */
import { element } from './debug/dom.js';
import { bids } from './debug/bids.js';
import { lanes } from './debug/lanes.js';
import { outlines } from './debug/outlines.js';
import { states } from './debug/states.js';
import { style } from './debug/style.js';
import { warnings } from './debug/warnings.js';

const api = window.earlybid || {};
const state = api._ || {};

/** What is known of the page view; only this function writes it, the parts only read it. */
const gather = ({ codes }, events, changed) => {
  const known = { config: state.config || {}, state, codes, events: [], answers: [], phases: {} };
  const hear = (event) => {
    if (event.event == 'slot_state') known.phases[event.slot] = event;
    // Another page has taken the place of this one: it is a page view of its own.
    else if (event.event == 'page_started' && known.events.length) Object.assign(known, { events: [event], answers: [], phases: {} });
    else known.events.push(event);
    changed();
  };
  const answered = (id, status, body, at) => {
    let content = {};
    try {
      content = JSON.parse(body);
    } catch {
      // The error is among the events.
    }
    known.answers.push({ id: id || content.id, status, content, at });
    changed();
  };
  const asked = state.asked || [];
  asked.forEach(({ id, answer }) => answer.then(({ status, body, at }) => answered(id, status, body, at)));
  known.answered = (id, status, body, at) => asked.some((auction) => auction.id == id) || answered(id, status, body, at);
  events.splice(0).forEach(hear);
  events.push = hear;
  return known;
};

const parts = [
  ['Slots', states],
  ['Timeline', lanes],
  ['Bids', bids],
  ['Warnings', warnings],
];

/**
 * Draws the overlay and keeps it up to date until it is closed. `tools` are those of `page.js`, `events` those so far; the object
 * that it returns is told of each auction's answer.
 */
export const watch = (tools, events) => {
  const host = document.createElement('earlybid-debug');
  host.style.cssText = 'all:initial;position:fixed;inset:0;pointer-events:none;z-index:2147483647;contain:strict';
  const root = host.attachShadow({ mode: 'open' });
  // Works under a policy that forbids inline styles, too.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  let drawn;
  let open = 0;
  let ended;
  let draw = () => {};
  const known = gather(tools, events, () => {
    if (!drawn) drawn = setTimeout(() => ((drawn = 0), draw()), 60);
  });

  const marks = outlines(known);
  const bodies = parts.map(([name]) =>
    element('div', { className: 'body', id: 'panel-' + name, role: 'tabpanel', tabIndex: 0, 'aria-labelledby': 'tab-' + name }),
  );
  const choose = (place, focus) => {
    open = (place + parts.length) % parts.length;
    tabs.forEach((tab, other) => {
      tab.setAttribute('aria-selected', String(other == open));
      tab.tabIndex = other == open ? 0 : -1;
      bodies[other].hidden = other != open;
    });
    if (focus) tabs[open].focus();
    draw();
  };
  const tabs = parts.map(([name], place) => {
    const tab = element('button', { type: 'button', role: 'tab', id: 'tab-' + name, 'aria-controls': 'panel-' + name }, name);
    tab.onclick = () => choose(place);
    return tab;
  });
  const end = () => {
    ended = true;
    marks.end();
    host.remove();
  };
  const fold = element('button', { type: 'button', className: 'tool', 'aria-expanded': 'true' }, 'Fold');
  const close = element('button', { type: 'button', className: 'tool' }, 'Close');
  const panel = element(
    'section',
    { className: 'panel', 'aria-label': 'Earlybid debug overlay' },
    element(
      'header',
      {},
      element('strong', {}, 'Earlybid'),
      element('span', { className: 'view' }, `${api.version || ''} · page view ${String(state.view || '').slice(0, 8)}`),
      fold,
      close,
    ),
    element('div', { className: 'tabs', role: 'tablist', 'aria-label': 'Parts' }, ...tabs),
    ...bodies,
  );
  fold.onclick = () => {
    const folded = panel.classList.toggle('folded');
    fold.textContent = folded ? 'Unfold' : 'Fold';
    fold.setAttribute('aria-expanded', String(!folded));
  };
  close.onclick = end;
  panel.addEventListener('keydown', ({ key }) => {
    if (key == 'Escape') end();
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step && root.activeElement && root.activeElement.role == 'tab') choose(open + step, true);
  });

  draw = () => {
    if (ended) return;
    bodies[open].replaceChildren(...parts[open][1](known));
    const count = warnings.count(known);
    tabs[3].textContent = count ? `Warnings (${count})` : 'Warnings';
    tabs[3].classList.toggle('some', count > 0);
    marks.draw();
  };
  root.append(marks.layer, panel);
  (document.body || document.documentElement).append(host);
  choose(0);
  // Some faults are that something has not happened, and no event says so.
  [1000, 3000, 10500].forEach((time) => setTimeout(() => draw(), time));
  return known;
};
