/* Observers of the browser's timeline, from its beginning on. Part of `telemetry.js`. */

/** Passes on entries of this type; returns a function that fetches those that wait, or null if the browser has no such entries. */
export const observe = (type, heard, options) => {
  try {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return null;
    const observer = new PerformanceObserver((list) => heard(list.getEntries()));
    observer.observe({ type, buffered: true, ...options });
    return () => heard(observer.takeRecords());
  } catch {
    return null;
  }
};
