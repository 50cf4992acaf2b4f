// How several measurements of the same thing are summed up.

/** Median, lowest and highest. */
export function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], low: sorted[0], high: sorted.at(-1) };
}

/** The same as text, in whole milliseconds. */
export function text({ median, low, high }) {
  return `${Math.round(median)} [${Math.round(low)}-${Math.round(high)}]`;
}

/** One median to another. */
export function ratio(one, other) {
  return Math.round((one.median / other.median) * 100) / 100;
}
