-- One row per line item, slot and hour, from the bids of bidder house and what pages rendered.
WITH house AS (
  SELECT
    date_trunc('hour', event_time) AS event_time,
    received_at,
    campaign_id,
    creative_id,
    imp_id,
    auction_id,
    outcome,
    cpm,
    currency
  FROM bids
  WHERE bidder = 'house' AND cpm IS NOT NULL
),
shown AS (
  SELECT
    auction_id,
    slot,
    MAX(CASE WHEN filled AND (bidder = 'house' OR source = 'house') THEN 1 ELSE 0 END) AS rendered,
    MAX(CASE WHEN viewable AND (bidder = 'house' OR source = 'house') THEN 1 ELSE 0 END) AS viewable
  FROM ad_renders
  WHERE auction_id IS NOT NULL
  GROUP BY auction_id, slot
)
SELECT
  CAST(house.event_time AS DATE) AS event_date,
  house.event_time,
  MAX(house.received_at) AS received_at,
  house.campaign_id AS line_item,
  house.creative_id,
  house.imp_id AS slot,
  COUNT(*) AS offers,
  COUNT(*) FILTER (WHERE house.outcome = 'won') AS wins,
  COALESCE(SUM(shown.rendered) FILTER (WHERE house.outcome = 'won'), 0) AS rendered,
  COALESCE(SUM(shown.viewable) FILTER (WHERE house.outcome = 'won'), 0) AS viewable,
  COALESCE(SUM(house.cpm) FILTER (WHERE house.outcome = 'won'), 0) AS won_cpm,
  MAX(house.currency) AS currency
FROM house
LEFT JOIN shown ON shown.auction_id = house.auction_id AND shown.slot = house.imp_id
GROUP BY house.event_time, house.campaign_id, house.creative_id, house.imp_id
ORDER BY line_item, house.event_time
