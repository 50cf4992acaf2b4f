-- How many slot renders got an ad, per variant, page type and slot.
--
-- A slot render is one slot of one page view, once more for each refresh. It is filled when a
-- creative was rendered in it; errors counts the slot renders in which something of ours failed.
SELECT
  variant,
  page_type,
  slot,
  COUNT(*) AS slot_renders,
  COUNT(*) FILTER (WHERE filled) AS filled,
  ROUND(CAST(COUNT(*) FILTER (WHERE filled) AS DOUBLE) / COUNT(*), 4) AS fill_rate,
  COUNT(*) FILTER (WHERE viewable) AS viewable,
  COUNT(*) FILTER (WHERE failed) AS errors
FROM ad_renders
GROUP BY variant, page_type, slot
ORDER BY variant, page_type, slot
