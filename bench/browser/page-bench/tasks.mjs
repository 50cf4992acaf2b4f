// The longest task of ours in a page view, from a trace of the browser: in processor time of the page's main thread, and
// by the clock.
//
// Ours is what our scripts run in one task, with all that they cause before they return: style and layout that they
// force, frames that they make, the ad server's functions that they call, and what follows a promise in that task. Not
// ours is the rest of the task: the browser's parsing, style, layout and frames that it makes room for later, the ad
// server's own scripts. What the ad server's scripts call of ours is ours, and `tag.js` notes it, since the browser does
// not say; that part is by the clock.
//
// Processor time is the time that a page's main thread has worked. It includes the slowdown, which the browser makes by work of its
// own on that thread. By the clock, a task also includes the time that the thread waited for a processor, which on a machine with
// few of them is taken by the servers, the SSPs and the browser's other processes.

const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8', 'blink.user_timing'];
/** Our scripts, wherever a site has them. */
const OWN = /\/(loader|sdk|fallback|render|telemetry|debug|pbjs|apstag)\.js$/;
/** What `tag.js` calls its notes. */
const NOTE = 'called: ';

/**
 * Has the page at this address visited, and returns the longest task of ours: milliseconds `processor` and `clock`,
 * of the task that is longest by each, and the `cause` of the first.
 */
export async function longestOfOurs(session, address, visit) {
  const threads = byThread(await traced(session, visit));
  const spans = [...threads.values()].flatMap((thread) => tasksOf(thread, isOurs(address)));
  const longest = (by) => spans.reduce((most, one) => (one[by] > most[by] ? one : most), { processor: 0, clock: 0, cause: '' });
  const worked = longest('processor');
  return { processor: worked.processor, clock: longest('clock').clock, cause: worked.cause };
}

/** What the longest tasks of these views were, most frequent first, with how often. */
export function nameOfLongest(views) {
  const counts = new Map();
  for (const { cause } of views) if (cause) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts]
    .sort((one, other) => other[1] - one[1])
    .map(([cause, count]) => `${count} x ${cause}`)
    .join('; ');
}

async function traced(session, visit) {
  const events = [];
  const take = ({ value }) => events.push(...value);
  session.on('Tracing.dataCollected', take);
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES } });
  await visit();
  const complete = new Promise((resume) => session.once('Tracing.tracingComplete', resume));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', take);
  return events;
}

function byThread(events) {
  const threads = new Map();
  for (const event of events) {
    const name = `${event.pid}/${event.tid}`;
    if (!threads.has(name)) threads.set(name, []);
    threads.get(name).push(event);
  }
  return threads;
}

// The page's own file holds the loader and no other script that takes any time.
const isOurs =
  (page) =>
  ({ name, args }) =>
    (name === 'FunctionCall' || name === 'EvaluateScript') && (args.data?.url === page || OWN.test(args.data?.url));

/** For each task, what of ours ran in it. Microseconds in the trace, milliseconds here. */
function tasksOf(thread, isOurs) {
  if (!thread.some(isOurs)) return [];
  const complete = thread.filter(({ ph }) => ph === 'X').sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const notes = notesOf(thread);
  return complete
    .filter(({ name }) => name.endsWith('RunTask'))
    .flatMap((task) => {
      const within = ({ ts }) => ts >= task.ts && ts < task.ts + task.dur;
      const inside = complete.filter((event) => event !== task && within(event));
      const scripts = outermost(inside.filter(isOurs));
      const called = notes.filter(within);
      if (!scripts.length && !called.length) return [];
      const after = outermost(inside.filter(({ name }) => name === 'RunMicrotasks')).filter(
        (run) => !scripts.some((one) => holds(one, run)),
      );
      const all = [...scripts, ...after, ...called];
      const longest = all.reduce((most, one) => (one.dur > most.dur ? one : most));
      return [
        {
          processor: sum(all, (one) => one.tdur ?? one.dur) / 1000,
          clock: sum(all, (one) => one.dur) / 1000,
          cause: nameOf(longest),
        },
      ];
    });
}

const sum = (all, value) => all.reduce((total, one) => total + value(one), 0);
const holds = (outer, inner) => inner.ts >= outer.ts && inner.ts + inner.dur <= outer.ts + outer.dur;

/** Leaves out events that lie within another one; the events come in the order in which they begin. */
function outermost(events) {
  const kept = [];
  for (const event of events) if (!kept.length || !holds(kept.at(-1), event)) kept.push(event);
  return kept;
}

/** The measures of `tag.js`, whose ends are events of their own. */
function notesOf(thread) {
  const noted = thread.filter(({ name }) => name.startsWith(NOTE));
  const ends = noted.filter(({ ph }) => ph === 'e');
  return noted
    .filter(({ ph }) => ph === 'b')
    .map((begin) => {
      const end = ends.find(({ name, id, id2 }) => name === begin.name && (id ?? id2?.local) === (begin.id ?? begin.id2?.local));
      return { name: begin.name, ts: begin.ts, dur: end ? end.ts - begin.ts : 0 };
    });
}

function nameOf({ name, args }) {
  const { url, functionName, columnNumber } = args?.data ?? {};
  if (!url) return name;
  const { pathname } = new URL(url);
  return `${pathname.split('/').pop() || pathname}: ${functionName || 'script'}@${columnNumber}`;
}
