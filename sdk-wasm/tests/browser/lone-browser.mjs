// Chromium without a debugger: with one attached, a browser does not do everything that it does for visitors, such as
// prerendering pages. What happens is seen in the server's log.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Opens the address in a browser of its own; before that, `prepare` gets its profile's folder. Returns a function that closes it. */
export async function openAlone(url, { flags = [], prepare } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'earlybid-'));
  if (prepare) await prepare(profile);
  const args = [
    ...flags,
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    `--user-data-dir=${profile}`,
    url,
  ];
  // A group of its own, so that all of its processes end together.
  const browser = spawn(process.env.CHROMIUM || '/usr/bin/chromium', args, { detached: true, stdio: 'ignore' });
  const ended = once(browser, 'exit');
  return async () => {
    if (browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
}
