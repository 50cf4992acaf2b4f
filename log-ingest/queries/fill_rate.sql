-- How many slot renders got an ad, per variant, page type and slot.
--
-- A slot render is one slot of one page view, once more for each refresh. It is filled when a
-- creative was rendered in it; errors counts the slot renders in which something of ours failed.
WITH slot_renders AS (
  SELECT
    variant,
    page_type,
    slot,
    page_view_id,
    COALESCE(refresh_no, 0) AS refresh_no,
    MAX(CASE WHEN event = 'ad_rendered' THEN 1 ELSE 0 END) AS filled,
    MAX(CASE WHEN event = 'ad_viewable' THEN 1 ELSE 0 END) AS viewable,
    MAX(CASE WHEN event = 'error_raised' THEN 1 ELSE 0 END) AS failed
  FROM render_events
  WHERE slot IS NOT NULL
  GROUP BY variant, page_type, slot, page_view_id, COALESCE(refresh_no, 0)
)
SELECT
  variant,
  page_type,
  slot,
  COUNT(*) AS slot_renders,
  SUM(filled) AS filled,
  ROUND(CAST(SUM(filled) AS DOUBLE) / COUNT(*), 4) AS fill_rate,
  SUM(viewable) AS viewable,
  SUM(failed) AS errors
FROM slot_renders
GROUP BY variant, page_type, slot
ORDER BY variant, page_type, slot
