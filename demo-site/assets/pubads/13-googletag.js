// Part 13: window.googletag, and the queue of what the page asked for before all this was there.

const googletag = (window.googletag = window.googletag || {});

const defineSlot = (path, sizes, elementId) => newSlot('defineSlot', path, sizes, elementId);

// Signals for bidders of the ad server's own; it has none, so what is collected goes nowhere.
function collectSignal(provider) {
  const collected = runCommand(() => Promise.resolve(provider.collectorFunction()).catch(() => {}));
  if (collected) note(`signal of ${provider.id || provider.networkCode} collected`);
}

// Slots of video players; there are none here.
const companionService = {
  addEventListener: () => companionService,
  removeEventListener() {},
  getSlots: () => [],
  setRefreshUnfilledSlots() {},
};

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
  const signals = Array.isArray(googletag.secureSignalProviders) ? googletag.secureSignalProviders : [];
  Object.assign(googletag, {
    pubads: () => service,
    companionAds: () => companionService,
    defineSlot,
    defineOutOfPageSlot,
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
    enums: {
      OutOfPageFormat,
      TrafficSource: { PURCHASED: 1, ORGANIC: 2 },
      TagForAgeTreatment: { UNSPECIFIED: 0, CHILD: 1, TEEN: 2 },
    },
    secureSignalProviders: { push: collectSignal, clearAllCache() {} },
    getEventLog: () => ({ getAllEvents: () => logged.slice() }),
    apiReady: true,
  });
  googletag.cmd = {
    push: (...commands) => commands.filter(runCommand).length,
  };
  queued.forEach(runCommand);
  signals.forEach(collectSignal);
}

if (googletag.apiReady) warn('pubads_impl.js was loaded twice; the second copy does nothing');
else install();
