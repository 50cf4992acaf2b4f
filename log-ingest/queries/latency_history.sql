-- Percentiles of every step and of the bidders' answers per day, from the roll-ups alone.
--
-- Reads latency_hist, which is kept long after the rows it was counted from; the percentiles are at
-- most 1 % off. Replace the day by date_trunc('hour', event_time) or a month as you need: buckets
-- of any rows may be added up before the percentile is taken.
WITH buckets AS (
  SELECT event_date, measure, variant, bidder, bucket, SUM(n) AS n
  FROM latency_hist
  GROUP BY event_date, measure, variant, bidder, bucket
),
ranked AS (
  SELECT
    *,
    SUM(n) OVER (PARTITION BY event_date, measure, variant, bidder ORDER BY bucket) AS up_to,
    SUM(n) OVER (PARTITION BY event_date, measure, variant, bidder) AS total
  FROM buckets
)
SELECT
  event_date,
  measure,
  variant,
  bidder,
  MAX(total) AS measurements,
  ROUND(2 * POWER(1.01 / 0.99, MIN(bucket) FILTER (WHERE up_to >= 0.50 * total)) / (1.01 / 0.99 + 1), 1) AS p50_ms,
  ROUND(2 * POWER(1.01 / 0.99, MIN(bucket) FILTER (WHERE up_to >= 0.95 * total)) / (1.01 / 0.99 + 1), 1) AS p95_ms,
  ROUND(2 * POWER(1.01 / 0.99, MIN(bucket) FILTER (WHERE up_to >= 0.99 * total)) / (1.01 / 0.99 + 1), 1) AS p99_ms
FROM ranked
GROUP BY event_date, measure, variant, bidder
ORDER BY event_date, measure, variant, bidder
