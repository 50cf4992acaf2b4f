-- The steps of a slot in their order: when each happened and how long after the step before it.
--
-- One row per variant, slot and step. A step of the whole page (its slot is empty) counts for
-- every slot of the page view. since_previous_ms_p50 is the median, over slot renders, of the
-- time since the slot's step before: the longest of them is where the time goes.
WITH slots AS (
  SELECT DISTINCT page_view_id, slot FROM render_events WHERE slot IS NOT NULL
),
steps AS (
  SELECT
    event.variant,
    slots.slot,
    event.page_view_id,
    event.event,
    MIN(event.elapsed_ms) AS elapsed_ms
  FROM render_events AS event
  JOIN slots
    ON slots.page_view_id = event.page_view_id
    AND (event.slot IS NULL OR event.slot = slots.slot)
  WHERE event.elapsed_ms IS NOT NULL
  GROUP BY event.variant, slots.slot, event.page_view_id, event.event
),
gaps AS (
  SELECT
    *,
    elapsed_ms - LAG(elapsed_ms) OVER (
      PARTITION BY page_view_id, slot ORDER BY elapsed_ms, event
    ) AS since_previous_ms
  FROM steps
)
SELECT
  variant,
  slot,
  event,
  COUNT(*) AS slot_renders,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY elapsed_ms), 1) AS elapsed_ms_p50,
  ROUND(percentile_cont(0.95) WITHIN GROUP (ORDER BY elapsed_ms), 1) AS elapsed_ms_p95,
  ROUND(percentile_cont(0.5) WITHIN GROUP (ORDER BY since_previous_ms), 1) AS since_previous_ms_p50
FROM gaps
GROUP BY variant, slot, event
ORDER BY variant, slot, elapsed_ms_p50, event
