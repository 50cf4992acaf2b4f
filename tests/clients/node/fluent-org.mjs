// Sends render events with @fluent-org/logger: fluent-org.mjs HOST PORT PREFIX COUNT MODE [SHARED_KEY USER PASSWORD].
// Every emit is resolved by its ack.

import { FluentClient } from '@fluent-org/logger';

const [host, port, prefix, count, eventMode, sharedKey, username, password] = process.argv.slice(2);
const client = new FluentClient('ads', {
  socket: { host, port: Number(port), timeout: 10_000 },
  ack: { ackTimeout: 10_000 },
  eventMode,
  ...(sharedKey ? { security: { clientHostname: 'a-client', sharedKey, username, password } } : {}),
});
const sent = Array.from({ length: Number(count) }, (_, number) =>
  client.emit('render', {
    event_id: `${prefix}-${number}`,
    page_view_id: prefix,
    event: 'ad_rendered',
    elapsed_ms: number + 0.5,
  }),
);
await Promise.all(sent);
await client.disconnect();
