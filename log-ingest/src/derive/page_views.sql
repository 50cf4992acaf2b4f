-- {of_the_page} stands for the columns that say of what kind the page was (see wide.rs).
-- One row per page view, from all its events in render_events.
WITH slot_renders AS (
  SELECT
    page_view_id,
    slot,
    COALESCE(refresh_no, 0) AS refresh_no,
    MAX(CASE WHEN event = 'ad_rendered' THEN 1 ELSE 0 END) AS filled,
    MAX(CASE WHEN event = 'ad_viewable' THEN 1 ELSE 0 END) AS viewable,
    MAX(visible_ms) FILTER (WHERE event = 'ad_seen') AS visible_ms,
    COUNT(DISTINCT COALESCE(event_id, CAST(elapsed_ms AS VARCHAR))) FILTER (WHERE event = 'ad_clicked') AS clicks,
    COALESCE(MAX(cpm) FILTER (WHERE event = 'ad_rendered'), 0) AS cpm
  FROM render_events
  WHERE slot IS NOT NULL AND page_view_id IS NOT NULL
  GROUP BY page_view_id, slot, COALESCE(refresh_no, 0)
),
slots AS (
  SELECT
    page_view_id,
    COUNT(DISTINCT slot) AS slots,
    COUNT(*) AS slot_renders,
    SUM(filled) AS filled,
    SUM(viewable) AS viewable,
    SUM(visible_ms) AS visible_ms,
    SUM(clicks) AS clicks,
    SUM(cpm) AS earned_cpm
  FROM slot_renders
  GROUP BY page_view_id
),
views AS (
  SELECT
    page_view_id,
    arrow_cast(
      MIN(arrow_cast(event_time, 'Int64') - CAST(ROUND(COALESCE(elapsed_ms, 0) * 1000) AS BIGINT)),
      'Timestamp(Microsecond, Some("UTC"))'
    ) AS event_time,
    MAX(received_at) AS received_at,
    {of_the_page},
    COUNT(DISTINCT COALESCE(event_id, CAST(elapsed_ms AS VARCHAR))) AS events,
    MAX(seq) + 1 - COUNT(DISTINCT seq) AS lost_events,
    COUNT(DISTINCT auction_id) AS auctions,
    COUNT(DISTINCT COALESCE(event_id, CAST(elapsed_ms AS VARCHAR))) FILTER (WHERE event = 'error_raised') AS errors,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_requested') AS t_auction_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'bids_returned') AS t_bids_returned,
    MIN(elapsed_ms) FILTER (WHERE event = 'targeting_set') AS t_targeting_set,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_server_requested') AS t_ad_server_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_rendered') AS t_first_ad,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_viewable') AS t_first_viewable,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'fcp') AS fcp_ms,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'lcp') AS lcp_ms,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'inp') AS inp_ms,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'cls') AS cls,
    LAST_VALUE(ad_share ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'cls') AS cls_ad_share,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'long_tasks') AS long_tasks_ms,
    LAST_VALUE(ad_share ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'long_tasks') AS long_tasks_ad_share,
    MAX(currency) FILTER (WHERE event = 'ad_rendered') AS currency
  FROM render_events
  WHERE page_view_id IS NOT NULL
  GROUP BY page_view_id
)
SELECT
  CAST(views.event_time AS DATE) AS event_date,
  views.*,
  COALESCE(slots.slots, 0) AS slots,
  COALESCE(slots.slot_renders, 0) AS slot_renders,
  COALESCE(slots.filled, 0) AS filled,
  COALESCE(slots.viewable, 0) AS viewable,
  COALESCE(slots.clicks, 0) AS clicks,
  slots.visible_ms,
  COALESCE(slots.earned_cpm, 0) AS earned_cpm
FROM views
LEFT JOIN slots ON slots.page_view_id = views.page_view_id
ORDER BY page_type, device, views.event_time
