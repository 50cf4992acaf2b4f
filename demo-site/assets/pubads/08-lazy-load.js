// Part 8: lazy loading. A slot is asked for, and its ad put into the page, when its element comes near the viewport. Margins are
// percentages of the viewport; a negative one switches that half off.

// The tag's own defaults are not published; these are the stand-in's.
const FETCH_MARGIN = 200;
const RENDER_MARGIN = 100;
const MOBILE_WIDTH = 768;

function lazyMargin(name, usual) {
  const config = pageConfig.lazyLoad;
  if (!config) return -1;
  const percent = typeof config[name] === 'number' ? config[name] : usual;
  const scaled = window.innerWidth < MOBILE_WIDTH && config.mobileScaling > 0;
  return scaled ? percent * config.mobileScaling : percent;
}

const fetchMargin = () => lazyMargin('fetchMarginPercent', FETCH_MARGIN);
const renderMargin = () => lazyMargin('renderMarginPercent', RENDER_MARGIN);

// Calls back once, as soon as one of the slots is near. A slot whose element is missing or hidden has no place in the page, so
// there is nothing to wait for.
function whenNear(group, margin, callback) {
  const elements = group.map(elementOf);
  if (margin < 0 || elements.some((element) => !element || element.style.display === 'none')) {
    callback();
    return;
  }
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      callback();
    },
    { rootMargin: `${margin}%` },
  );
  elements.forEach((element) => observer.observe(element));
}
