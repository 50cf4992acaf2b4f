-- What became of each bidder's bids: won in the auction, and really rendered in the page.
--
-- bids are those that took part (won or were outbid); win_rate is won / bids. rendered counts the
-- wins whose creative the page reported as rendered, so render_rate below 1 shows wins that the
-- ad server or the page lost.
WITH rendered AS (
  SELECT DISTINCT auction_id, slot AS imp_id, bidder
  FROM ad_renders
  WHERE filled AND auction_id IS NOT NULL
)
SELECT
  bids.bidder,
  COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE bids.outcome = 'won') AS won,
  ROUND(CAST(COUNT(*) FILTER (WHERE bids.outcome = 'won') AS DOUBLE) / COUNT(*), 4) AS win_rate,
  ROUND(AVG(bids.cpm), 4) AS bid_cpm_avg,
  ROUND(AVG(bids.cpm) FILTER (WHERE bids.outcome = 'won'), 4) AS won_cpm_avg,
  COUNT(rendered.auction_id) FILTER (WHERE bids.outcome = 'won') AS rendered,
  ROUND(
    CAST(COUNT(rendered.auction_id) FILTER (WHERE bids.outcome = 'won') AS DOUBLE)
      / NULLIF(COUNT(*) FILTER (WHERE bids.outcome = 'won'), 0),
    4
  ) AS render_rate
FROM bids
LEFT JOIN rendered
  ON rendered.auction_id = bids.auction_id
  AND rendered.imp_id = bids.imp_id
  AND rendered.bidder = bids.bidder
WHERE bids.outcome IN ('won', 'outbid')
GROUP BY bids.bidder
ORDER BY bids.bidder
