/*
 * What the browser keeps and reports later: its own timing, figures of the whole page, and clicks. Fetched after the first
 * ad or the load event, so that it delays no ad; each of its observers also gets what happened before.
 *
 * It only watches, and throws nothing into the page. Records are made by the core, like all others.
 */
import { find, frameOf } from './elements.js';
import { observe } from './observe.js';
import { isVisitors } from './activation.js';
import { longTasks } from './tasks.js';
import { vitals } from './vitals.js';

const doc = document;
const state = (window.earlybid || {})._ || {};
const { config = {} } = state;
const absolute = (address) => new URL(address, location.href).href;

// An answer's transfer is the last one that had ended when the answer came, give or take these milliseconds.
const SLACK = 50;

const timing = (note) => {
  const addresses = [config.auctionUrl, config.auctionGetUrl].filter(Boolean).map(absolute);
  const transfers = [];
  const answers = [];
  const match = () => {
    answers.forEach((answer) => {
      const fits = transfers.filter(({ responseEnd }) => responseEnd <= answer.at + SLACK && responseEnd > answer.at - 1000);
      const [best] = fits.sort((a, b) => b.responseEnd - a.responseEnd);
      if (!best || answer.done) return;
      answer.done = true;
      transfers.splice(transfers.indexOf(best), 1);
      const auction_id = answer.id || undefined;
      // Another origin may hide this.
      if (best.responseStart) note('auction_first_byte', { at: best.responseStart, auction_id });
      note('auction_last_byte', { at: best.responseEnd, auction_id });
    });
    answers.splice(0, answers.length, ...answers.filter(({ done }) => !done).slice(-20));
  };
  const wasm = /\/sdk\.wasm$/;
  let fetched = state.moved;
  observe('resource', (entries) => {
    entries.forEach((entry) => {
      if (addresses.includes(entry.name)) transfers.push(entry);
      if (!fetched && wasm.test(entry.name)) {
        fetched = true;
        note('wasm_fetched', { at: entry.responseEnd });
      }
    });
    transfers.splice(0, transfers.length - 50);
    match();
  });
  const answered = (id, at, body) => {
    if (!body) return;
    answers.push({ id, at });
    match();
  };
  if (!state.moved) {
    if (state.read) note('config_read', { at: state.read });
    if (state.compiled) note('wasm_compiled', { at: state.compiled });
    (state.asked || []).forEach(({ id, answer }) => answer.then(({ at, body }) => answered(id, at, body)));
  }
  return (id, status, body, at) => answered(id, at, body);
};

// Frames of ads are of other origins and do not report clicks; only our own do.
const clicks = (note, slotOf, codes) => {
  addEventListener('message', ({ data, source }) => {
    if (data != 'earlybid:clicked') return;
    const slot = codes().find((code) => {
      const frame = frameOf(find(code), source);
      return frame && isVisitors(frame, true);
    });
    if (slot) note('ad_clicked', { slot });
  });
  addEventListener('blur', () =>
    setTimeout(() => {
      const frame = doc.activeElement;
      const slot = frame && frame.tagName == 'IFRAME' && !frame.name.startsWith('earlybid') && slotOf(frame);
      if (slot) note('ad_clicked', { slot });
    }),
  );
};

/**
 * Begins to watch; `note` and `codes` are tools of `page.js`. The object that it returns is told of each auction's answer, when the
 * page is hidden or left, and when another page view begins.
 */
export const watch = ({ note: tell, codes }) => {
  const note = (step, { slot = '', at = performance.now(), ...fields }) => tell(step, slot, JSON.stringify(fields).slice(1, -1), at);
  const slotOf = (node) =>
    codes().find((code) => {
      const element = doc.getElementById(code);
      return element && element != node && element.contains(node);
    });
  const reported = {};
  const measured = (metric, value, ad_share) => {
    const fields = { metric, value: Number(value.toFixed(4)), ad_share: ad_share === undefined ? ad_share : Number(ad_share.toFixed(4)) };
    const text = JSON.stringify(fields);
    if (reported[metric] != text) note('vital_measured', fields);
    reported[metric] = text;
  };

  const answered = timing(note);
  clicks(note, slotOf, codes);
  const parts = [vitals({ measured, slotOf, state }), longTasks({ measured, slotOf, config, absolute })];
  return {
    answered,
    leaving: () => parts.forEach((part) => part.report()),
    renewed: () => {
      Object.keys(reported).forEach((metric) => delete reported[metric]);
      parts.forEach((part) => part.begin());
    },
  };
};
