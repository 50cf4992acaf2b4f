// Layout shifts of a page, with the elements that moved.

/** Starts to collect; must be called before the page is opened. */
export function collectShifts(page) {
  return page.addInitScript(() => {
    if (window !== window.top) return;
    window.__shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries()) {
        if (hadRecentInput) continue;
        const moved = sources.map(({ node, previousRect: from, currentRect: to }) => {
          const element = node?.nodeType === 1 ? node : node?.parentElement;
          const name = element ? `${element.tagName}#${element.id}.${element.className}` : 'gone';
          return `${name} ${from.x},${from.y} ${from.width}x${from.height} to ${to.x},${to.y} ${to.width}x${to.height}`;
        });
        window.__shifts.push({ value, moved });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The shifts so far. */
export function shifts(page) {
  return page.evaluate(() => window.__shifts);
}
