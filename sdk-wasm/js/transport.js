/*
 * Batches of events on their way to the server, in a way that outlives the page. Only `page.js` calls this.
 *
 * Blockers cancel beacons broadly, so fetch comes first. Browsers allow 64 KiB in flight while a page goes
 * away, beacons included, and count a request until its answer has been read. What fails is sent once more;
 * what fails because the browser is offline waits until it is not, for as long as the page lives.
 */
const state = (window.earlybid || {})._ || {};
const { config = {} } = state;
const quota = 65000;
let flying = 0;
let unsent = [];

/** Sends all that waits for another attempt. */
export const resend = () => unsent.splice(0).forEach(([body, attempts]) => send(body, attempts));

/** Sends a batch, a JSON array whose records begin with their `event_id`. */
export const send = (body, attempts = 0) => {
  // By the clock at sending the server sees how wrong the one at the events was.
  const stamped = body.split('{"event_id"').join(`{"sent_at":${Date.now()},"event_id"`);
  const { size } = new Blob([stamped]);
  const failed = () => {
    // The server has seen one that came twice before.
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
