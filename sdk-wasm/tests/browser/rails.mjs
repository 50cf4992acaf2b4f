// A page as the Rails helper makes it, with the headers of its controller.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sdkFolder } from './harness.mjs';

const script = fileURLToPath(new URL('rails-page.rb', import.meta.url));

/** Returns `{ link, html }` of one answer; `purpose` is what the browser says about a request ahead of the visit. */
export async function rails(world, view, { direct, credentials = true, nonce, purpose, storedRequest = 'home' }) {
  const settings = {
    account: 'demo',
    auction_url: `/${view.key}/auction`,
    events_url: `/${view.key}/events`,
    sdk_url: `/${view.key}/sdk/`,
    failsafe: 60000,
    loader_path: join(sdkFolder, 'loader.js'),
    credentials,
  };
  if (!direct) Object.assign(settings, { ad_server: { type: 'gpt', scripts: [`${world.other}/gpt.js`] }, connect_to: [world.other] });
  const given = { settings, nonce, purpose, stored_request: storedRequest, url: view.url };
  const { stdout } = await promisify(execFile)('ruby', [script, JSON.stringify(given)]);
  return JSON.parse(stdout);
}
