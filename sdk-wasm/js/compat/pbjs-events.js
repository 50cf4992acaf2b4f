/*
 * Events by the names that they have in Prebid.js: listeners, and what has happened so far.
 */
import { safely } from './post.js';

// The number of events that are remembered: a page that stays open for hours must not grow.
const remembered = 1000;
const listeners = {};
let history = [];

/** Calls the listeners; those that named an id hear only of events with that `id`. */
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
