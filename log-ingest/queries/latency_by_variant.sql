-- When each step of a page view happened, and what the view earned, per page variant.
--
-- For each variant: page views; the median and the 95th percentile, over page views, of the
-- milliseconds from navigation start to the FIRST event of each kind in the view; and the revenue
-- per thousand views, which is the sum of the rendered creatives' cpm divided by the views. A step
-- that a variant does not have is NULL. An event that arrived twice counts once.
WITH events AS (
  SELECT DISTINCT event_id, variant, page_view_id, event, elapsed_ms, cpm
  FROM render_events
  WHERE variant IS NOT NULL AND page_view_id IS NOT NULL
),
page_views AS (
  SELECT
    variant,
    page_view_id,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_requested') AS auction_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'bids_returned') AS bids_returned,
    MIN(elapsed_ms) FILTER (WHERE event = 'targeting_set') AS targeting_set,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_server_requested') AS ad_server_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_rendered') AS ad_rendered,
    COALESCE(SUM(cpm) FILTER (WHERE event = 'ad_rendered'), 0) AS earned
  FROM events
  GROUP BY variant, page_view_id
)
SELECT
  variant,
  COUNT(*) AS views,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY auction_requested), 1) AS auction_requested_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY auction_requested), 1) AS auction_requested_p95,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY bids_returned), 1) AS bids_returned_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY bids_returned), 1) AS bids_returned_p95,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY targeting_set), 1) AS targeting_set_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY targeting_set), 1) AS targeting_set_p95,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY ad_server_requested), 1) AS ad_server_requested_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY ad_server_requested), 1) AS ad_server_requested_p95,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY ad_rendered), 1) AS ad_rendered_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY ad_rendered), 1) AS ad_rendered_p95,
  ROUND(SUM(earned) / COUNT(*), 4) AS revenue_per_thousand_views
FROM page_views
GROUP BY variant
ORDER BY
  CASE variant WHEN 'waterfall' THEN 1 WHEN 'serial' THEN 2 WHEN 'prebid' THEN 3 WHEN 'early' THEN 4 ELSE 5 END,
  variant
