// Part 5: settings of the page. Each top key of setConfig replaces the old value, null clears it, targeting merges.

const pageTargeting = new Targeting();
const pageConfig = {};
let pageExclusions = [];
const page = {
  servicesEnabled: false,
  privacy: {},
  publisherProvidedId: '',
  correlator: newCorrelator(),
};

function newCorrelator() {
  return String(Math.floor(Math.random() * 2 ** 52));
}

function setPageConfig(config) {
  for (const [key, value] of Object.entries(config || {})) {
    if (key === 'targeting') {
      if (value === null) pageTargeting.clear();
      else pageTargeting.merge(value);
    } else if (key === 'disableInitialLoad' && value && page.servicesEnabled) {
      warn('disableInitialLoad must be set before services are enabled');
    } else if (key === 'categoryExclusion') {
      pageExclusions = (value || []).map(String);
    } else if (value === null) {
      delete pageConfig[key];
    } else {
      pageConfig[key] = value;
    }
  }
}

// The keys that can be read back, as a frozen object.
function readConfig(keys, known) {
  const wanted = Array.isArray(keys) ? keys : [keys];
  const found = {};
  for (const key of wanted) {
    if (key in known) found[key] = known[key]();
  }
  return Object.freeze(found);
}

function getPageConfig(keys) {
  return readConfig(keys, {
    targeting: () => pageTargeting.toObject(),
    categoryExclusion: () => pageExclusions.slice(),
    disableInitialLoad: () => pageConfig.disableInitialLoad === true,
    adsenseAttributes: () => pageConfig.adsenseAttributes || {},
  });
}
