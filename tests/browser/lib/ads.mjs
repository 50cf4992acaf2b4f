// What a visitor sees in the slots of a page.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The creatives on screen by slot: what the SSP simulator wrote into its banners.
 *
 * A creative may be in frames inside frames of other origins; its slot is found by walking up.
 */
export async function creatives(page) {
  const bySlot = {};
  for (const frame of page.frames()) {
    const ad = await frame.$('.ssp-ad').catch(() => null);
    if (!ad) continue;
    const { ssp, price, size } = await ad.evaluate((element) => ({ ...element.dataset }));
    bySlot[await slotOf(frame)] = { ssp, price: Number(price), size };
  }
  return bySlot;
}

/** The text in each slot's frames, whoever's ad it is. */
export async function texts(page) {
  const bySlot = {};
  for (const frame of page.frames()) {
    if (!frame.parentFrame()) continue;
    const slot = await slotOf(frame).catch(() => undefined);
    const text = await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
    if (slot) bySlot[slot] = `${bySlot[slot] ?? ''} ${text}`.trim();
  }
  return bySlot;
}

/**
 * Saves a picture of the whole page for people to look at; the last thing to do with a page.
 *
 * The window grows to the page's length first: frames of other origins that have never been on
 * screen have nothing painted yet.
 */
export async function screenshot(page, name) {
  const folder = process.env.EARLYBID_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: page.viewportSize().width, height });
  await Promise.all(page.frames().map(painted));
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Two frames later, or at once if a frame does not answer. */
async function painted(frame) {
  const frames = frame.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(done));
      }),
  );
  await Promise.race([frames.catch(() => {}), pause(1000)]);
}

async function slotOf(frame) {
  let outer = frame;
  while (outer.parentFrame()?.parentFrame()) outer = outer.parentFrame();
  const element = await outer.frameElement();
  return element.evaluate((node) => node.closest('[id^="div-"]')?.id);
}
