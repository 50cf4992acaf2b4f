// Part 11: window.googletag, and the queue of what the page wanted before all this was there.

const googletag = (window.googletag = window.googletag || {});

function defineSlot(path, sizes, elementId) {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    warn(`defineSlot: ${path} is not an ad unit path`);
    return null;
  }
  const taken = elementId && slots.some((slot) => slot.getSlotElementId() === elementId);
  if (taken) {
    warn(`defineSlot: ${elementId} has a slot already`);
    return null;
  }
  return new Slot(path, sizes, elementId);
}

// Commands run at once and in order; one that throws does not stop the next.
function runCommand(command) {
  if (typeof command !== 'function') {
    warn('googletag.cmd takes functions');
    return false;
  }
  try {
    command.call(window);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
  return true;
}

function install() {
  const queued = Array.isArray(googletag.cmd) ? googletag.cmd : [];
  Object.assign(googletag, {
    pubads: () => service,
    companionAds: () => ({ addEventListener() {}, removeEventListener() {}, setRefreshUnfilledSlots() {} }),
    defineSlot,
    defineOutOfPageSlot() {
      note('out-of-page slots are not part of this stand-in');
      return null;
    },
    display,
    enableServices,
    destroySlots,
    sizeMapping: () => new SizeMappingBuilder(),
    setConfig: setPageConfig,
    getConfig: getPageConfig,
    getVersion: () => VERSION,
    openConsole: () => console.table(logged),
    disablePublisherConsole() {},
    setAdIframeTitle(title) {
      page.frameTitle = String(title);
    },
    enums: { OutOfPageFormat: {}, TrafficSource: { PURCHASED: 1, ORGANIC: 2 } },
    secureSignalProviders: { push() {}, clearAllCache() {} },
    getEventLog: () => ({ getAllEvents: () => logged.slice() }),
    apiReady: true,
    pubadsReady: true,
  });
  googletag.cmd = {
    push: (...commands) => commands.filter(runCommand).length,
  };
  queued.forEach(runCommand);
}

if (googletag.apiReady) warn('pubads_impl.js was loaded twice; the second copy does nothing');
else install();
