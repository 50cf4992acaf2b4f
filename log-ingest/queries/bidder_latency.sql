-- How fast each bidder answers, how often it times out or declines, and how often it wins.
--
-- A call is one bidder in one auction; the latencies are over calls, those that timed out
-- included. no_bids counts the imps that the bidder was offered and declined; win_rate is the
-- share of its bids that won their imp.
WITH calls AS (
  SELECT
    bidder,
    auction_id,
    MAX(latency_ms) AS latency_ms,
    MAX(CASE WHEN outcome = 'timed_out' THEN 1 ELSE 0 END) AS timed_out,
    COUNT(*) FILTER (WHERE outcome = 'no_bid') AS no_bids,
    COUNT(*) FILTER (WHERE cpm IS NOT NULL) AS bids,
    COUNT(*) FILTER (WHERE outcome = 'won') AS wins
  FROM bids
  GROUP BY bidder, auction_id
)
SELECT
  bidder,
  COUNT(*) AS calls,
  SUM(timed_out) AS timeouts,
  ROUND(CAST(SUM(timed_out) AS DOUBLE) / COUNT(*), 4) AS timeout_rate,
  SUM(no_bids) AS no_bids,
  SUM(bids) AS bids,
  SUM(wins) AS wins,
  ROUND(CAST(SUM(wins) AS DOUBLE) / NULLIF(SUM(bids), 0), 4) AS win_rate,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms), 1) AS latency_ms_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms), 1) AS latency_ms_p95
FROM calls
GROUP BY bidder
ORDER BY bidder
