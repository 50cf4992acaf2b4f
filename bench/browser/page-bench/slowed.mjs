// Slower networks and processors.

/** Chromium's own presets count latency for each request; kilobits per second, milliseconds. */
export const NETWORKS = {
  unthrottled: undefined,
  '1.6 Mbit/s, 150 ms': { latency: 150, down: 1600, up: 750 },
  'Slow 4G': { latency: 562.5, down: 1440, up: 675 },
};

/** Slows down what a page does from now on: its network, if conditions are given, and its processor by that factor. */
export async function slow(session, conditions, cpu) {
  if (conditions) {
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: conditions.latency,
      downloadThroughput: (conditions.down * 1000) / 8,
      uploadThroughput: (conditions.up * 1000) / 8,
    });
  }
  if (cpu > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
}
