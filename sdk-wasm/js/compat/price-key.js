/*
 * Prices as line items know them: rounded down to a step. Used by both layers.
 */

// The upper end of each range and the width of its steps; prices above the last range are cut to its end.
const steps = {
  low: [[5, 0.5]],
  medium: [[20, 0.1]],
  high: [[20, 0.01]],
  auto: [
    [5, 0.05],
    [10, 0.1],
    [20, 0.5],
  ],
  dense: [
    [3, 0.01],
    [8, 0.05],
    [20, 0.5],
  ],
};

const named = (name) => steps[name] && steps[name].map(([max, increment]) => ({ max, increment }));

/** The price as the line items know it, or '' if it is below all ranges. */
export const priceKey = (cpm, granularity = 'medium') => {
  const buckets = named(granularity) || granularity?.buckets || named('medium');
  const last = buckets[buckets.length - 1];
  const { precision: places = 2 } = last;
  if (cpm > last.max) return Number(last.max).toFixed(places);
  let from = 0;
  for (const { max, increment, min = from, precision = 2 } of buckets) {
    if (cpm <= max && cpm >= min) {
      // In binary, 0.3 / 0.1 is a little less than 3; a hundred-millionth keeps 0.3 in its own step.
      const count = Math.floor((cpm - min) / increment + 1e-8);
      return (min + count * increment).toFixed(precision);
    }
    from = max;
  }
  return '';
};
