/*
 * Tasks that kept the page from responding for over 50 ms, and which share of them was due to ads: tasks of frames inside
 * slots, and scripts of the ad server and ours. Part of `telemetry.js`.
 */
import { observe } from './observe.js';

const KEPT = 300;

/** `report` reports the figure so far, `begin` starts again for another page view. */
export const longTasks = ({ measured, slotOf, config, absolute }) => {
  let tasks = [];
  let scripts = [];
  // The sums of tasks that are no longer kept one by one, so that a page that stays open does not grow.
  let before = { all: 0, ads: 0 };
  const folder = absolute(config.sdkUrl.replace(/\/?$/, '/'));
  const servers = ((config.adServer || {}).scripts || []).map(absolute);
  const origins = servers.map((address) => new URL(address).origin).filter((origin) => origin != location.origin);
  const ours = (address) =>
    address.startsWith(folder) || servers.includes(address) || origins.some((origin) => address.startsWith(origin + '/'));

  // The browser gives the frame's id, name and address, as far as the page has set them.
  const inSlot = ({ containerType, containerId, containerName, containerSrc }) =>
    containerType == 'iframe' &&
    [...document.querySelectorAll('iframe')].some(
      (frame) =>
        ((containerId && frame.id == containerId) ||
          (containerName && frame.name == containerName) ||
          (containerSrc && frame.src == containerSrc)) &&
        slotOf(frame),
    );

  const sum = () =>
    tasks.reduce(({ all, ads }, { from, to, whole }) => {
      const own = scripts.reduce((time, script) => time + Math.max(0, Math.min(to, script.to) - Math.max(from, script.from)), 0);
      return { all: all + to - from, ads: ads + (whole ? to - from : Math.min(to - from, own)) };
    }, before);

  const readTasks = observe('longtask', (entries) => {
    entries.forEach(({ startTime, duration, attribution }) =>
      tasks.push({ from: startTime, to: startTime + duration, whole: (attribution || []).some(inSlot) }),
    );
    if (tasks.length > KEPT) {
      before = sum();
      tasks = [];
      scripts = [];
    }
  });
  const readFrames = observe('long-animation-frame', (entries) => {
    entries.forEach((entry) =>
      entry.scripts.forEach(
        ({ startTime, duration, sourceURL }) => ours(sourceURL || '') && scripts.push({ from: startTime, to: startTime + duration }),
      ),
    );
    if (scripts.length > 4 * KEPT) scripts = scripts.slice(-KEPT);
  });

  const report = () => {
    if (!readTasks) return;
    readTasks();
    if (readFrames) readFrames();
    const { all, ads } = sum();
    // Where the browser does not report scripts, the share would look smaller than it is.
    measured('long_tasks', all, readFrames ? (all ? ads / all : 0) : undefined);
  };
  const begin = () => {
    tasks = [];
    scripts = [];
    before = { all: 0, ads: 0 };
  };
  return { report, begin };
};
