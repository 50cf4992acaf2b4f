// Chromium by playwright-core, wherever either of them is installed.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

const EXECUTABLES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts Chromium; the caller closes it. */
export async function startBrowser() {
  return playwright().chromium.launch({ executablePath: executable(), args: FLAGS });
}

/** Chromium with a profile on disk, as visitors have it: some of its caches are off without one. */
export function startLastingBrowser(folder, flags) {
  return playwright().chromium.launchPersistentContext(folder, { executablePath: executable(), args: [...FLAGS, ...flags] });
}

function executable() {
  const found = EXECUTABLES.find((path) => path && existsSync(path));
  if (!found) throw new Error('no Chromium found: run `cargo xtask setup`');
  return found;
}

/** A fresh visitor: no cache, no cookies, a desktop window. */
export function freshContext(browser) {
  return browser.newContext({ viewport: { width: 1280, height: 900 } });
}

// An import would look only beside this file; the modules may also be in a folder that
// EARLYBID_NODE_ROOT names.
function playwright() {
  const roots = [process.env.EARLYBID_NODE_ROOT, ROOT].filter(Boolean);
  for (const root of roots) {
    try {
      return createRequire(join(root, 'package.json'))('playwright-core');
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error('playwright-core is not installed: run `cargo xtask setup`');
}
