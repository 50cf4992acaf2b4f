// Creatives that use so much that the browser takes them away: Chromium's own intervention, with rules that recognise the ads.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adRulesRead, writeAdRules } from './ad-rules.mjs';
import { answer, start, until, winner } from './harness.mjs';
import { openAlone } from './lone-browser.mjs';

let world;
before(async () => (world = await start()));
after(() => world.close());

// Rules apply only to pages that are opened after the rules have been read, so the page is opened again until then. The noise that
// protects visitors' privacy would make the outcome a matter of luck, and after five ads the browser would leave the others alone.
const flags = ['--enable-features=HeavyAdIntervention', '--disable-features=HeavyAdPrivacyMitigations'];
const again = `<script>
  setInterval(() => window.earlybid.flush && earlybid.flush(), 50);
  earlybid.cmd.push(() => earlybid.on('ad_rendered', () => setTimeout(() => (location.href = 'page?' + Math.random()), 8000)));
</script>`;

for (const [what, part, options] of [
  ['a frame of ours', '/sdk.js', { direct: true }],
  [
    'the inline creative in a frame of the ad server',
    '/inline-creative',
    { body: "<script>window.creativeKind = 'inline-creative';</script>" },
  ],
]) {
  test(`a creative that the browser takes away is reported: ${what}`, async () => {
    const adm = `<p>heavy</p><script>fetch('${world.other}/heavy').then((answer) => answer.arrayBuffer());</script>`;
    const view = await world.visit({
      open: false,
      patient: true,
      reply: answer(winner('top', 'delta', 2, 'ad-1', { adm })),
      ...options,
      body: (options.body || '') + again,
    });
    view.options.files = { first: '<!doctype html><title>first</title><script>fetch("go").then(() => (location.href = "page"));</script>' };
    let profile;
    const prepare = (folder) => writeAdRules((profile = folder), [part]);
    view.options.files.go = (async () => {
      await until(() => profile && adRulesRead(profile), 'the rules');
      return 'go';
    })();
    const close = await openAlone(view.url.replace(/page$/, 'first'), { flags, prepare });
    try {
      const report = () => until(() => view.events.find(({ reason }) => reason === 'browser_intervention'), 'the report');
      const failed = await report().catch(report);
      assert.deepEqual([failed.event, failed.slot, failed.refresh_no], ['error_raised', 'top', 0]);
      const shown = view.events.find(({ event, page_view_id: id }) => event === 'ad_rendered' && id === failed.page_view_id);
      assert.ok(!shown || shown.seq < failed.seq);
    } finally {
      await close();
      await view.close();
    }
  });
}
