// A bid server of its own for one test file: the real program, on free ports, with the configuration given.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts it; resolves when it listens. */
export async function startBidServer(config) {
  const folder = mkdtempSync(join(tmpdir(), 'bid-server-'));
  const file = join(folder, 'bid-server.toml');
  writeFileSync(file, config);
  const child = spawn(program(), ['--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (text) => {
    log += text;
  });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`bid-server ended with ${code}: ${log}`)));
    child.once('error', reject);
  });
  const addresses = Object.fromEntries(
    line
      .replace('listening ', '')
      .split(' ')
      .map((pair) => pair.split('=')),
  );
  return {
    url: `http://${addresses.http}`,
    log: () => log,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

// Where the build put it, or where EARLYBID_BIN_DIR says.
function program() {
  const folders = (process.env.EARLYBID_BIN_DIR ?? '').split(delimiter).filter(Boolean);
  const found = [...folders, join(ROOT, 'target/debug')].map((folder) => join(folder, 'bid-server')).find((path) => existsSync(path));
  if (!found) throw new Error('bid-server is not built: run `cargo build --workspace --bins`');
  return found;
}
