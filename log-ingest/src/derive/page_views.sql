-- One row per page view, from all its events in render_events.
WITH slot_renders AS (
  SELECT
    page_view_id,
    slot,
    COALESCE(refresh_no, 0) AS refresh_no,
    MAX(CASE WHEN event = 'ad_rendered' THEN 1 ELSE 0 END) AS filled,
    MAX(CASE WHEN event = 'ad_viewable' THEN 1 ELSE 0 END) AS viewable,
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
    MAX(site) AS site,
    MAX(page_type) AS page_type,
    MAX(variant) AS variant,
    MAX(page_path) AS page_path,
    MAX(device) AS device,
    MAX(browser) AS browser,
    MAX(os) AS os,
    MAX(connection) AS connection,
    MAX(sdk_version) AS sdk_version,
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
  COALESCE(slots.earned_cpm, 0) AS earned_cpm
FROM views
LEFT JOIN slots ON slots.page_view_id = views.page_view_id
ORDER BY page_type, device, views.event_time
