-- The names in braces stand for the columns that say what kind of page it was (see wide.rs).
-- One row per slot render, from all events of the page views in render_events and the bids of
-- their auctions. A step of the whole page belongs to the slot renders of its auction; those of the
-- first round also take one without an auction. MIN and MAX make an event that came twice harmless. No part of the statement can
-- fail because of a number: a cast that has no result is NULL, a difference is one of doubles or of what is bounded.
WITH views AS (
  SELECT
    page_view_id,
    MIN(
      arrow_cast(event_time, 'Int64')
      - COALESCE(TRY_CAST(ROUND(GREATEST(LEAST(COALESCE(elapsed_ms, 0), 2678400000), -86400000) * 1000) AS BIGINT), 0)
    ) AS began_us,
    MIN(elapsed_ms) FILTER (WHERE event = 'loader_started') AS loader_started,
    MIN(elapsed_ms) FILTER (WHERE event = 'config_read') AS config_read,
    MIN(elapsed_ms) FILTER (WHERE event = 'wasm_fetched') AS wasm_fetched,
    MIN(elapsed_ms) FILTER (WHERE event = 'wasm_compiled') AS wasm_compiled,
    MIN(elapsed_ms) FILTER (WHERE event = 'sdk_ready') AS sdk_ready,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_requested' AND slot IS NULL) AS auction_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_first_byte' AND slot IS NULL) AS auction_first_byte,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_last_byte' AND slot IS NULL) AS auction_last_byte,
    MIN(elapsed_ms) FILTER (WHERE event = 'bids_returned' AND slot IS NULL) AS bids_returned,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_timed_out' AND slot IS NULL) AS auction_timed_out,
    {of_the_page}
  FROM render_events
  WHERE page_view_id IS NOT NULL
  GROUP BY page_view_id
),
auctions AS (
  SELECT
    page_view_id,
    auction_id,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_requested') AS auction_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_first_byte') AS auction_first_byte,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_last_byte') AS auction_last_byte,
    MIN(elapsed_ms) FILTER (WHERE event = 'bids_returned') AS bids_returned,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_timed_out') AS auction_timed_out
  FROM render_events
  WHERE slot IS NULL AND auction_id IS NOT NULL AND page_view_id IS NOT NULL
  GROUP BY page_view_id, auction_id
),
slots AS (
  SELECT
    page_view_id,
    slot,
    COALESCE(refresh_no, 0) AS refresh_no,
    MAX(auction_id) AS auction_id,
    MIN(arrow_cast(event_time, 'Int64')) AS first_us,
    MAX(received_at) AS received_at,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_requested') AS auction_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_first_byte') AS auction_first_byte,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_last_byte') AS auction_last_byte,
    MIN(elapsed_ms) FILTER (WHERE event = 'bids_returned') AS bids_returned,
    MIN(elapsed_ms) FILTER (WHERE event = 'auction_timed_out') AS auction_timed_out,
    MIN(elapsed_ms) FILTER (WHERE event = 'targeting_set') AS targeting_set,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_server_requested') AS ad_server_requested,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_server_responded') AS ad_server_responded,
    MIN(elapsed_ms) FILTER (WHERE event = 'no_bid') AS no_bid,
    MIN(elapsed_ms) FILTER (WHERE event = 'slot_empty') AS slot_empty,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_rendered') AS ad_rendered,
    MIN(elapsed_ms) FILTER (WHERE event = 'creative_loaded') AS creative_loaded,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_viewable') AS ad_viewable,
    MIN(elapsed_ms) FILTER (WHERE event = 'ad_clicked') AS ad_clicked,
    MIN(elapsed_ms) FILTER (WHERE event = 'slot_removed') AS slot_removed,
    MAX(visible_ms) FILTER (WHERE event = 'ad_seen') AS visible_ms,
    MAX(bidder) FILTER (WHERE event = 'ad_rendered') AS bidder,
    MAX(cpm) FILTER (WHERE event = 'ad_rendered') AS cpm,
    MAX(currency) FILTER (WHERE event = 'ad_rendered') AS currency,
    MAX(creative_size) FILTER (WHERE event = 'ad_rendered') AS creative_size,
    MAX(source) FILTER (WHERE event = 'ad_rendered') AS source,
    MAX(reason) AS reason
  FROM render_events
  WHERE slot IS NOT NULL AND page_view_id IS NOT NULL
  GROUP BY page_view_id, slot, COALESCE(refresh_no, 0)
),
-- What may come twice and is counted is made distinct first and counted then: a COUNT(DISTINCT text) takes
-- some ten kilobytes for each of its groups.
rare AS (
  SELECT
    page_view_id,
    slot,
    refresh_no,
    COUNT(id) FILTER (WHERE event = 'ad_clicked') AS clicks,
    COUNT(id) FILTER (WHERE event = 'error_raised') AS errors
  FROM (
    SELECT DISTINCT
      page_view_id,
      slot,
      COALESCE(refresh_no, 0) AS refresh_no,
      event,
      COALESCE(event_id, CAST(elapsed_ms AS VARCHAR)) AS id
    FROM render_events
    WHERE event IN ('ad_clicked', 'error_raised') AND slot IS NOT NULL AND page_view_id IS NOT NULL
  ) AS each
  GROUP BY page_view_id, slot, refresh_no
),
asked AS (
  SELECT
    auction_id,
    imp_id,
    bidder,
    BOOL_OR(outcome = 'won') AS won,
    BOOL_OR(outcome = 'timed_out') AS timed_out,
    MAX(cpm) FILTER (WHERE outcome = 'won') AS win_cpm,
    MIN(latency_ms) FILTER (WHERE cpm IS NOT NULL) AS first_bid_ms,
    MAX(latency_ms) AS latency_ms
  FROM bids
  GROUP BY auction_id, imp_id, bidder
),
demand AS (
  SELECT
    auction_id,
    imp_id,
    MAX(bidder) FILTER (WHERE won) AS winner,
    MAX(win_cpm) AS win_cpm,
    COUNT(bidder) FILTER (WHERE bidder <> 'house') AS bidders,
    COUNT(bidder) FILTER (WHERE timed_out) AS bidder_timeouts,
    MIN(first_bid_ms) FILTER (WHERE bidder <> 'house') AS first_bid_ms,
    FIRST_VALUE(bidder ORDER BY latency_ms DESC NULLS LAST, bidder) AS slowest_bidder,
    MAX(latency_ms) AS slowest_bidder_ms
  FROM asked
  GROUP BY auction_id, imp_id
),
steps AS (
  SELECT
    slots.*,
    CASE WHEN slots.refresh_no = 0 THEN views.began_us ELSE slots.first_us END AS began_us,
    {views_of_the_page},
    CASE WHEN slots.refresh_no = 0 THEN views.loader_started END AS t_loader_started,
    CASE WHEN slots.refresh_no = 0 THEN views.config_read END AS t_config_read,
    CASE WHEN slots.refresh_no = 0 THEN views.wasm_fetched END AS t_wasm_fetched,
    CASE WHEN slots.refresh_no = 0 THEN views.wasm_compiled END AS t_wasm_compiled,
    CASE WHEN slots.refresh_no = 0 THEN views.sdk_ready END AS t_sdk_ready,
    COALESCE(
      slots.auction_requested,
      auctions.auction_requested,
      CASE WHEN slots.refresh_no = 0 THEN views.auction_requested END
    ) AS t_auction_requested,
    COALESCE(
      slots.auction_first_byte,
      auctions.auction_first_byte,
      CASE WHEN slots.refresh_no = 0 THEN views.auction_first_byte END
    ) AS t_auction_first_byte,
    COALESCE(
      slots.auction_last_byte,
      auctions.auction_last_byte,
      CASE WHEN slots.refresh_no = 0 THEN views.auction_last_byte END
    ) AS t_auction_last_byte,
    COALESCE(slots.bids_returned, auctions.bids_returned, CASE WHEN slots.refresh_no = 0 THEN views.bids_returned END) AS t_bids_returned,
    COALESCE(
      slots.auction_timed_out,
      auctions.auction_timed_out,
      CASE WHEN slots.refresh_no = 0 THEN views.auction_timed_out END
    ) AS t_auction_timed_out,
    slots.targeting_set AS t_targeting_set,
    slots.ad_server_requested AS t_ad_server_requested,
    slots.ad_server_responded AS t_ad_server_responded,
    slots.no_bid AS t_no_bid,
    slots.slot_empty AS t_slot_empty,
    slots.ad_rendered AS t_ad_rendered,
    slots.creative_loaded AS t_creative_loaded,
    slots.ad_viewable AS t_ad_viewable,
    slots.ad_clicked AS t_ad_clicked,
    slots.slot_removed AS t_slot_removed,
    COALESCE(rare.clicks, 0) AS clicks,
    COALESCE(rare.errors, 0) AS errors
  FROM slots
  JOIN views ON views.page_view_id = slots.page_view_id
  LEFT JOIN auctions
    ON auctions.page_view_id = slots.page_view_id AND auctions.auction_id = slots.auction_id
  LEFT JOIN rare
    ON rare.page_view_id = slots.page_view_id AND rare.slot = slots.slot AND rare.refresh_no = slots.refresh_no
),
durations AS (
  SELECT
    *,
    CASE WHEN refresh_no = 0 THEN t_auction_requested END AS d_wait_request,
    t_sdk_ready - t_loader_started AS d_load_sdk,
    t_bids_returned - t_auction_requested AS d_bidding,
    t_auction_first_byte - t_auction_requested AS d_first_byte,
    t_auction_last_byte - t_auction_first_byte AS d_transfer,
    t_bids_returned - t_auction_last_byte AS d_hand_over,
    t_targeting_set - t_bids_returned AS d_targeting,
    t_ad_server_requested - t_targeting_set AS d_ad_server_request,
    t_ad_server_responded - t_ad_server_requested AS d_ad_server,
    t_ad_rendered - COALESCE(t_ad_server_responded, t_ad_server_requested, t_targeting_set, t_bids_returned) AS d_render,
    t_creative_loaded - t_ad_rendered AS d_creative_load,
    t_ad_viewable - t_ad_rendered AS d_to_viewable,
    t_ad_rendered - CASE WHEN refresh_no = 0 THEN 0 ELSE t_auction_requested END AS d_total
  FROM steps
),
ends AS (
  SELECT
    *,
    GREATEST(d_wait_request, d_bidding, d_targeting, d_ad_server_request, d_ad_server, d_render) AS longest,
    GREATEST(
      t_slot_removed, t_ad_clicked, t_ad_viewable, t_creative_loaded, t_ad_rendered, t_slot_empty,
      t_ad_server_responded, t_ad_server_requested, t_targeting_set, t_no_bid, t_auction_timed_out, t_bids_returned,
      t_auction_last_byte, t_auction_first_byte, t_auction_requested, t_sdk_ready, t_wasm_compiled, t_wasm_fetched,
      t_config_read, t_loader_started
    ) AS last_ms,
    arrow_cast(began_us, 'Timestamp(Microsecond, Some("UTC"))') AS event_time
  FROM durations
)
SELECT
  CAST(event_time AS DATE) AS event_date,
  ends.event_time,
  ends.received_at,
  ends.page_view_id,
  ends.slot,
  ends.refresh_no,
  ends.auction_id,
  {ends_of_the_page},
  t_loader_started, t_config_read, t_wasm_fetched, t_wasm_compiled, t_sdk_ready, t_auction_requested,
  t_auction_first_byte, t_auction_last_byte, t_bids_returned, t_auction_timed_out, t_no_bid, t_targeting_set,
  t_ad_server_requested, t_ad_server_responded, t_slot_empty, t_ad_rendered, t_creative_loaded, t_ad_viewable,
  t_ad_clicked, t_slot_removed,
  d_wait_request, d_load_sdk, d_bidding, d_first_byte, d_transfer, d_hand_over, d_targeting, d_ad_server_request,
  d_ad_server, d_render, d_creative_load, d_to_viewable, d_total,
  CASE longest
    WHEN d_wait_request THEN 'wait_request'
    WHEN d_bidding THEN 'bidding'
    WHEN d_targeting THEN 'targeting'
    WHEN d_ad_server_request THEN 'ad_server_request'
    WHEN d_ad_server THEN 'ad_server'
    WHEN d_render THEN 'render'
  END AS slowest_step,
  CASE last_ms
    WHEN t_slot_removed THEN 'slot_removed'
    WHEN t_ad_clicked THEN 'ad_clicked'
    WHEN t_ad_viewable THEN 'ad_viewable'
    WHEN t_creative_loaded THEN 'creative_loaded'
    WHEN t_ad_rendered THEN 'ad_rendered'
    WHEN t_slot_empty THEN 'slot_empty'
    WHEN t_ad_server_responded THEN 'ad_server_responded'
    WHEN t_ad_server_requested THEN 'ad_server_requested'
    WHEN t_targeting_set THEN 'targeting_set'
    WHEN t_no_bid THEN 'no_bid'
    WHEN t_auction_timed_out THEN 'auction_timed_out'
    WHEN t_bids_returned THEN 'bids_returned'
    WHEN t_auction_last_byte THEN 'auction_last_byte'
    WHEN t_auction_first_byte THEN 'auction_first_byte'
    WHEN t_auction_requested THEN 'auction_requested'
    WHEN t_sdk_ready THEN 'sdk_ready'
    WHEN t_wasm_compiled THEN 'wasm_compiled'
    WHEN t_wasm_fetched THEN 'wasm_fetched'
    WHEN t_config_read THEN 'config_read'
    WHEN t_loader_started THEN 'loader_started'
  END AS last_step,
  t_ad_rendered IS NOT NULL AS filled,
  t_ad_viewable IS NOT NULL AS viewable,
  ends.visible_ms,
  ends.clicks,
  errors > 0 AS failed,
  ends.reason,
  ends.bidder,
  ends.cpm,
  ends.currency,
  ends.creative_size,
  ends.source,
  demand.winner,
  demand.win_cpm,
  demand.bidders,
  demand.bidder_timeouts,
  demand.first_bid_ms,
  demand.slowest_bidder,
  demand.slowest_bidder_ms,
  ends.errors
FROM ends
LEFT JOIN demand ON demand.auction_id = ends.auction_id AND demand.imp_id = ends.slot
ORDER BY page_type, device, slot, event_time
