-- {of_the_page} stands for the columns that say what kind of page it was (see wide.rs).
-- One row per page view, from all its events in render_events. No part of the statement can fail because of a number
-- (see ad_renders.sql).
WITH slot_renders AS (
  SELECT
    page_view_id,
    slot,
    COALESCE(refresh_no, 0) AS refresh_no,
    MAX(CASE WHEN event = 'ad_rendered' THEN 1 ELSE 0 END) AS filled,
    MAX(CASE WHEN event = 'ad_viewable' THEN 1 ELSE 0 END) AS viewable,
    MAX(visible_ms) FILTER (WHERE event = 'ad_seen') AS visible_ms,
    COALESCE(MAX(cpm) FILTER (WHERE event = 'ad_rendered'), 0) AS cpm
  FROM render_events
  WHERE slot IS NOT NULL AND page_view_id IS NOT NULL
  GROUP BY page_view_id, slot, COALESCE(refresh_no, 0)
),
each_slot AS (
  SELECT
    page_view_id,
    slot,
    COUNT(*) AS slot_renders,
    SUM(filled) AS filled,
    SUM(viewable) AS viewable,
    SUM(visible_ms) AS visible_ms,
    SUM(cpm) AS earned_cpm
  FROM slot_renders
  GROUP BY page_view_id, slot
),
slots AS (
  SELECT
    page_view_id,
    COUNT(*) AS slots,
    SUM(slot_renders) AS slot_renders,
    SUM(filled) AS filled,
    SUM(viewable) AS viewable,
    SUM(visible_ms) AS visible_ms,
    SUM(earned_cpm) AS earned_cpm
  FROM each_slot
  GROUP BY page_view_id
),
-- What may come twice is made distinct first and counted then: a COUNT(DISTINCT text) takes some ten
-- kilobytes for each of its groups.
each_event AS (
  SELECT
    page_view_id,
    COALESCE(event_id, CAST(elapsed_ms AS VARCHAR)) AS id,
    BOOL_OR(event = 'error_raised') AS is_error,
    BOOL_OR(event = 'ad_clicked' AND slot IS NOT NULL) AS is_click
  FROM render_events
  WHERE page_view_id IS NOT NULL
  GROUP BY page_view_id, COALESCE(event_id, CAST(elapsed_ms AS VARCHAR))
),
events AS (
  SELECT
    page_view_id,
    COUNT(id) AS events,
    COUNT(id) FILTER (WHERE is_error) AS errors,
    COUNT(id) FILTER (WHERE is_click) AS clicks
  FROM each_event
  GROUP BY page_view_id
),
numbers AS (
  SELECT page_view_id, MAX(seq) + 1 - COUNT(*) AS lost_events
  FROM (SELECT DISTINCT page_view_id, seq FROM render_events WHERE page_view_id IS NOT NULL AND seq BETWEEN 0 AND 1000000) AS each
  GROUP BY page_view_id
),
auctions AS (
  SELECT page_view_id, COUNT(*) AS auctions
  FROM (SELECT DISTINCT page_view_id, auction_id FROM render_events WHERE page_view_id IS NOT NULL AND auction_id IS NOT NULL) AS each
  GROUP BY page_view_id
),
views AS (
  SELECT
    page_view_id,
    arrow_cast(
      MIN(
        arrow_cast(event_time, 'Int64')
        - COALESCE(TRY_CAST(ROUND(GREATEST(LEAST(COALESCE(elapsed_ms, 0), 2678400000), -86400000) * 1000) AS BIGINT), 0)
      ),
      'Timestamp(Microsecond, Some("UTC"))'
    ) AS event_time,
    MAX(received_at) AS received_at,
    {of_the_page},
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_requested') AS t_auction_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'bids_returned') AS t_bids_returned,
    MIN(elapsed_ms) FILTER (WHERE event = 'targeting_set') AS t_targeting_set,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_server_requested') AS t_ad_server_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_rendered') AS t_first_ad,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_viewable') AS t_first_viewable,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'fcp') AS fcp_ms,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'lcp') AS lcp_ms,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms) FILTER (WHERE event = 'vital_measured' AND metric = 'inp') AS inp_ms,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms)
      FILTER (WHERE event = 'vital_measured' AND metric = 'cls') AS cls,
    LAST_VALUE(ad_share ORDER BY seq NULLS FIRST, elapsed_ms)
      FILTER (WHERE event = 'vital_measured' AND metric = 'cls') AS cls_ad_share,
    LAST_VALUE(value ORDER BY seq NULLS FIRST, elapsed_ms)
      FILTER (WHERE event = 'vital_measured' AND metric = 'long_tasks') AS long_tasks_ms,
    LAST_VALUE(ad_share ORDER BY seq NULLS FIRST, elapsed_ms)
      FILTER (WHERE event = 'vital_measured' AND metric = 'long_tasks') AS long_tasks_ad_share,
    MAX(currency) FILTER (WHERE event = 'ad_rendered') AS currency
  FROM render_events
  WHERE page_view_id IS NOT NULL
  GROUP BY page_view_id
)
SELECT
  CAST(views.event_time AS DATE) AS event_date,
  views.*,
  events.events,
  events.errors,
  numbers.lost_events,
  COALESCE(auctions.auctions, 0) AS auctions,
  COALESCE(slots.slots, 0) AS slots,
  COALESCE(slots.slot_renders, 0) AS slot_renders,
  COALESCE(slots.filled, 0) AS filled,
  COALESCE(slots.viewable, 0) AS viewable,
  events.clicks,
  slots.visible_ms,
  COALESCE(slots.earned_cpm, 0) AS earned_cpm
FROM views
JOIN events ON events.page_view_id = views.page_view_id
LEFT JOIN numbers ON numbers.page_view_id = views.page_view_id
LEFT JOIN auctions ON auctions.page_view_id = views.page_view_id
LEFT JOIN slots ON slots.page_view_id = views.page_view_id
ORDER BY page_type, device, views.event_time
