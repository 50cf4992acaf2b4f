// Part 12: googletag.pubads(): display, refresh and the page's settings in their older form.

const displaysBeforeServices = [];

function display(reference) {
  const slot = findSlot(reference);
  if (!slot) {
    warn(`display: no slot for ${typeof reference === 'string' ? reference : 'the element given'}`);
    return;
  }
  if (!page.servicesEnabled) {
    displaysBeforeServices.push(reference);
    return;
  }
  if (typeof reference === 'object' && reference !== slot) slot.element = reference;
  if (!slot.fetched && !pageConfig.disableInitialLoad) {
    // With single request, the first display asks for everything that is defined by then.
    request(pageConfig.singleRequest ? slots.filter((one) => !one.fetched) : [slot]);
  }
  renderWaiting(slot);
}

function enableServices() {
  if (page.servicesEnabled) return;
  page.servicesEnabled = true;
  googletag.pubadsReady = true;
  displaysBeforeServices.splice(0).forEach(display);
}

function refresh(references, options) {
  if (!page.servicesEnabled) {
    warn('refresh: services are not enabled');
    return;
  }
  const wanted = references ? references.map(findSlot).filter(Boolean) : slots.slice();
  if (!options || options.changeCorrelator !== false) page.correlator = newCorrelator();
  wanted.forEach(clearElement);
  request(wanted);
}

function clear(references) {
  const wanted = references ? references.map(findSlot).filter(Boolean) : slots;
  wanted.forEach((slot) => {
    clearElement(slot);
    slot.generation += 1;
    slot.fetched = false;
    slot.waiting = null;
  });
  return wanted.length > 0;
}

function destroySlots(references) {
  const wanted = references ? references.map(findSlot).filter(Boolean) : slots.slice();
  const known = wanted.filter((slot) => slots.includes(slot));
  known.forEach((slot) => {
    clearElement(slot);
    slot.generation += 1;
    slots.splice(slots.indexOf(slot), 1);
  });
  return known.length > 0;
}

const attributes = new Map();
const service = {
  getName: () => 'publisher_ads',
  getSlots: () => slots.slice(),
  addEventListener(type, listener) {
    if (!EVENT_TYPES.includes(type)) note(`listener for ${type}, which never happens here`);
    addListener(type, listener);
    return service;
  },
  removeEventListener: removeListener,
  display(adUnitPath, sizes, element) {
    const id = typeof element === 'string' ? element : element && element.id;
    const slot = new Slot(adUnitPath, sizes, id).addService();
    display(slot);
  },
  refresh,
  clear,
  disableInitialLoad() {
    setPageConfig({ disableInitialLoad: true });
  },
  isInitialLoadDisabled: () => pageConfig.disableInitialLoad === true,
  enableSingleRequest() {
    if (page.servicesEnabled) return false;
    pageConfig.singleRequest = true;
    return true;
  },
  isSRA: () => pageConfig.singleRequest === true,
  collapseEmptyDivs(beforeFetch) {
    if (page.servicesEnabled) return false;
    pageConfig.collapseDiv = beforeFetch ? 'BEFORE_FETCH' : 'ON_NO_FILL';
    return true;
  },
  setTargeting(key, value) {
    pageTargeting.set(key, value);
    return service;
  },
  getTargeting: (key) => pageTargeting.get(key),
  getTargetingKeys: () => pageTargeting.keys(),
  clearTargeting(key) {
    pageTargeting.clear(key);
    return service;
  },
  set(key, value) {
    attributes.set(String(key), String(value));
    return service;
  },
  get: (key) => (attributes.has(String(key)) ? attributes.get(String(key)) : null),
  getAttributeKeys: () => Array.from(attributes.keys()),
  setPrivacySettings(settings) {
    Object.assign(page.privacy, settings);
    return service;
  },
  setPublisherProvidedId(id) {
    page.publisherProvidedId = String(id);
    return service;
  },
  setLocation(place) {
    setPageConfig({ location: String(place) });
    return service;
  },
  enableLazyLoad(config) {
    setPageConfig({ lazyLoad: config || {} });
    return service;
  },
  setCategoryExclusion(label) {
    pageExclusions.push(String(label));
    return service;
  },
  clearCategoryExclusions() {
    pageExclusions = [];
    return service;
  },
  updateCorrelator() {
    page.correlator = newCorrelator();
    return service;
  },
};

// No effect here, or none any more; they stay so that pages written for them keep working.
for (const name of [
  'enableAsyncRendering',
  'enableSyncRendering',
  'enableVideoAds',
  'setVideoContent',
  'setCentering',
  'setForceSafeFrame',
  'setSafeFrameConfig',
  'setRequestNonPersonalizedAds',
  'setTagForChildDirectedTreatment',
]) {
  service[name] = () => service;
}
