// Part 11: how much of a creative is on screen. Viewable means half of it (30 % of a large one) for one second without a break,
// in a page that is itself visible.

const LARGE_AD = 242500;
const VIEWABLE_AFTER = 1000;
const REPORT_EVERY = 200;

function watchVisibility(slot, frame, [width, height]) {
  const needed = width * height >= LARGE_AD ? 0.3 : 0.5;
  const state = { ratio: 0, reported: 0, viewed: false, reportTimer: 0, viewTimer: 0 };

  function shown() {
    return document.visibilityState === 'visible' ? state.ratio : 0;
  }

  function report() {
    state.reportTimer = 0;
    const percent = Math.round(shown() * 100);
    if (percent === state.reported) return;
    state.reported = percent;
    dispatch('slotVisibilityChanged', slot, { inViewPercentage: percent });
  }

  function view() {
    state.viewTimer = 0;
    state.viewed = true;
    dispatch('impressionViewable', slot, {});
  }

  function update() {
    if (!state.reportTimer) state.reportTimer = setTimeout(report, REPORT_EVERY);
    const enough = shown() >= needed;
    if (enough && !state.viewed && !state.viewTimer) state.viewTimer = setTimeout(view, VIEWABLE_AFTER);
    if (!enough && state.viewTimer) {
      clearTimeout(state.viewTimer);
      state.viewTimer = 0;
    }
  }

  const thresholds = Array.from({ length: 21 }, (_, step) => step / 20);
  const observer = new IntersectionObserver(
    (entries) => {
      state.ratio = entries[entries.length - 1].intersectionRatio;
      update();
    },
    { threshold: thresholds },
  );
  observer.observe(frame);
  document.addEventListener('visibilitychange', update);

  return {
    stop() {
      observer.disconnect();
      document.removeEventListener('visibilitychange', update);
      clearTimeout(state.reportTimer);
      clearTimeout(state.viewTimer);
    },
  };
}
