/*
 * Events by Prebid.js's names: listeners, and what has happened so far.
 */
import { safely } from './post.js';

// So many are remembered; a page that stays open for hours does not grow.
const remembered = 1000;
const listeners = {};
let history = [];

/** Tells those who listen; `id` is what a listener may have named. */
export const emit = (eventType, args, id) => {
  history.push({ eventType, args, id, elapsedTime: performance.now() });
  if (history.length > remembered) history = history.slice(-remembered);
  (listeners[eventType] || []).slice().forEach(([heard, wanted]) => {
    if (wanted === undefined || wanted === id) safely(heard, args);
  });
};

export const onEvent = (name, heard, id) => {
  (listeners[name] = listeners[name] || []).push([heard, id]);
};

export const offEvent = (name, heard, id) => {
  listeners[name] = (listeners[name] || []).filter(([known, wanted]) => known != heard || (id !== undefined && wanted !== id));
};

export const getEvents = () => history.slice();
