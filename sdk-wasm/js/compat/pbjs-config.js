/*
 * `setConfig` and its relatives. Settings that nothing here uses are kept for `getConfig`; with debugging on, the console names them.
 */
import { merge, safely } from './post.js';

const used = [
  'auctionOptions',
  'bidderTimeout',
  'consentManagement',
  'currency',
  'customGptSlotMatching',
  'debug',
  'deviceAccess',
  'enableSendAllBids',
  'floors',
  'mediaTypePriceGranularity',
  'ortb2',
  'priceGranularity',
  's2sConfig',
  'sendBidsControl',
  'targetingControls',
  'ttlBuffer',
  'userSync',
];
const listeners = [];

/** All settings, at their defaults to begin with. */
export const config = {
  bidderTimeout: 3000,
  debug: /[?&]pbjs_debug=true/.test(location.search),
  deviceAccess: true,
  enableSendAllBids: true,
  priceGranularity: 'medium',
  ttlBuffer: 1,
};

/** A message in the console, with debugging on. */
export const warn = (...words) => config.debug && console.warn('pbjs:', ...words);

const tell = (keys) =>
  listeners.forEach(([key, listener]) => {
    if (key == '*') safely(listener, Object.fromEntries(keys.map((one) => [one, config[one]])));
    else if (keys.includes(key)) safely(listener, { [key]: config[key] });
  });

export const setConfig = (given) => {
  if (!given || typeof given != 'object') return warn('setConfig wants an object');
  Object.keys(given).forEach((key) => {
    if (key == '__proto__') return;
    config[key] = given[key];
    if (!used.includes(key)) warn(`setting ${key} has no effect here`);
  });
  return tell(Object.keys(given));
};

export const mergeConfig = (given) => {
  setConfig(Object.fromEntries(Object.keys(given).map((key) => [key, merge({}, { [key]: config[key] }, { [key]: given[key] })[key]])));
  return config;
};

/** Gives all settings, or one by its path; or adds a listener for changes, and returns a function that removes it. */
export const getConfig = (path, listener) => {
  const [key, call] = typeof path == 'function' ? ['*', path] : [path, listener];
  if (typeof call == 'function') {
    const entry = [key, call];
    listeners.push(entry);
    return () => listeners.splice(listeners.indexOf(entry), 1);
  }
  return key
    ? String(key)
        .split('.')
        .reduce((found, part) => found?.[part], config)
    : config;
};
