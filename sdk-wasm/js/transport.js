/*
 * Sends batches of events to the server, in a way that outlives the page. Only `page.js` calls this.
 *
 * Many blockers cancel all beacons, so fetch comes first. Browsers allow 64 KiB in flight while a page goes
 * away, beacons included, and count a request until its answer has been read. What fails is sent once more;
 * what fails because the browser is offline waits until it no longer is, for as long as the page lives.
 */
const state = (window.earlybid || {})._ || {};
const { config = {} } = state;
const quota = 65000;
let flying = 0;
let unsent = [];

/** Sends everything that waits for another attempt. */
export const resend = () => unsent.splice(0).forEach(([body, attempts]) => send(body, attempts));

/** Sends a batch, a JSON array whose records begin with their `event_id`. */
export const send = (body, attempts = 0) => {
  // From the browser's time of sending, the server can tell how wrong the browser's clock is.
  const stamped = body.split('{"event_id"').join(`{"sent_at":${Date.now()},"event_id"`);
  const { size } = new Blob([stamped]);
  const failed = () => {
    // This was the second attempt, and the last one.
    if (navigator.onLine && attempts) return;
    unsent.push([body, navigator.onLine ? 1 : attempts]);
    setTimeout(() => navigator.onLine && resend(), 2000);
  };
  const keepalive = 'keepalive' in Request.prototype && flying + size < quota;
  // Beacons always take cookies along.
  const credentials = state.allowed && !state.allowed() ? 'omit' : 'same-origin';
  if (!keepalive && document.hidden && credentials > 'p') return navigator.sendBeacon(config.eventsUrl, stamped) || failed();
  if (keepalive) flying += size;
  fetch(config.eventsUrl, { method: 'POST', body: stamped, keepalive, credentials })
    .then((answer) => answer.text().then(() => answer.status > 499 && failed()), failed)
    .then(() => keepalive && (flying -= size));
};
