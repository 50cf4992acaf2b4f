// The longest task of ours in a page view, and what it is.
//
// Ours is what our scripts run in one task of the page's main thread, with all that they cause before they return:
// style and layout that they force, frames that they make, the ad server's functions that they call. Not ours is the
// rest of the task: the browser's parsing, style, layout and frames that it makes room for later, the ad server's own
// scripts. What the ad server's scripts call of ours is ours, and `tag.js` notes it, since the browser does not tell.
// The browser names no script for what follows a promise that it keeps itself: of ours only the making of the module's
// instance, which sdk-wasm/tests/browser/tasks.test.mjs holds to a task of its own.
// All is wall-clock time: on a machine that does something else besides, tasks get longer.

/** In the page: milliseconds of ours in the task that has most of it, and what took longest in that task; 0 where none passed 50. */
export async function longestOfOurs() {
  // The article's own file holds the loader, and no script that takes any time but it.
  const isOurs = ({ sourceURL }) => sourceURL.includes('/sdk/') || sourceURL === location.href;
  const last = (address) => address.split('?')[0].split('/').pop();
  const read = (type) =>
    new Promise((resolve) => {
      const found = [];
      new PerformanceObserver((list) => found.push(...list.getEntries())).observe({ type, buffered: true });
      setTimeout(() => resolve(found), 100);
    });
  const [tasks, frames] = await Promise.all([read('longtask'), read('long-animation-frame')]);
  const scripts = frames.flatMap((frame) => frame.scripts).filter(isOurs).map((script) => ({
    from: script.startTime,
    took: script.duration,
    name: `${last(script.sourceURL)}: ${last(script.invoker)} ${script.sourceFunctionName}@${script.sourceCharPosition}`,
  }));
  const called = (benchNotes.called || []).map(({ from, took, name }) => ({ from, took, name: `${name} in the ad server's script` }));
  const sums = tasks.map(({ startTime, duration }) => {
    const inside = [...scripts, ...called].filter(({ from }) => from >= startTime - 1 && from < startTime + duration);
    inside.sort((one, other) => other.took - one.took);
    return { task: inside.reduce((sum, { took }) => sum + took, 0), cause: inside[0]?.name };
  });
  return sums.reduce((longest, one) => (one.task > longest.task ? one : longest), { task: 0, cause: '' });
}

/** What the longest tasks of these views were, most frequent first, with how often. */
export function nameOfLongest(views) {
  const counts = new Map();
  for (const { cause } of views) if (cause) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]).map(([cause, count]) => `${count} x ${cause}`).join('; ');
}
