// Sends render events with fluent-logger for Node: fluent-logger.mjs HOST PORT PREFIX COUNT MODE.

import fluent from 'fluent-logger';

const [host, port, prefix, count, eventMode] = process.argv.slice(2);
const sender = fluent.createFluentSender('ads', {
  host,
  port: Number(port),
  timeout: 10,
  requireAckResponse: true,
  ackResponseTimeout: 10_000,
  eventMode,
  flushInterval: 50,
});
const emit = (number) =>
  new Promise((resolve, reject) => {
    const event = { event_id: `${prefix}-${number}`, page_view_id: prefix, event: 'ad_rendered', elapsed_ms: number + 0.5 };
    sender.emit('render', event, (error) => (error ? reject(error) : resolve()));
  });
sender.on('error', (error) => {
  throw error;
});
await Promise.all(Array.from({ length: Number(count) }, (_, number) => emit(number)));
await new Promise((resolve) => sender.end(null, null, resolve));
