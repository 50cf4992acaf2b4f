// Part 6: a slot: what the page set on it, and how far it has come.

const slots = [];
const timesDefined = new Map();

class Slot {
  constructor(adUnitPath, sizes, elementId) {
    const count = timesDefined.get(adUnitPath) || 0;
    timesDefined.set(adUnitPath, count + 1);
    this.path_ = String(adUnitPath);
    this.number_ = count;
    this.elementId_ = elementId || `gpt_unit_${this.path_}_${count}`;
    this.sizes_ = sizeList(sizes);
    this.mapping_ = null;
    this.targeting_ = new Targeting();
    this.attributes_ = new Map();
    this.exclusions_ = [];
    this.config_ = {};
    this.response_ = null;
    // The format that the tag manages, for a slot without an element in the page.
    this.format = null;
    // The element that the page handed over, which may be where getElementById does not look: in a shadow tree.
    this.element = null;
    // Progress: asked of the ad server, and waiting to be put into the page.
    this.fetched = false;
    this.waiting = null;
    this.watcher = null;
    this.generation = 0;
  }

  addService() {
    if (!slots.includes(this)) slots.push(this);
    return this;
  }

  getAdUnitPath() {
    return this.path_;
  }

  getSlotElementId() {
    return this.elementId_;
  }

  getSlotId() {
    return {
      getId: () => `${this.path_}_${this.number_}`,
      getDomId: () => this.elementId_,
      getName: () => this.path_,
    };
  }

  getSizes(width, height) {
    return this.currentSizes(width, height).map(([w, h]) => ({
      getWidth: () => w,
      getHeight: () => h,
      width: w,
      height: h,
    }));
  }

  currentSizes(width = window.innerWidth, height = window.innerHeight) {
    const mapped = this.mapping_ && mappedSizes(this.mapping_, width, height);
    return mapped ? sizeList(mapped) : this.sizes_.map((size) => size.slice());
  }

  // Whether the page wants no ad here in a viewport of this size: the mapping gives it no size at all.
  suppressed() {
    const mapped = this.mapping_ && mappedSizes(this.mapping_, window.innerWidth, window.innerHeight);
    return Array.isArray(mapped) && mapped.length === 0;
  }

  defineSizeMapping(mapping) {
    if (Array.isArray(mapping)) this.mapping_ = mapping;
    else warn(`size mapping of ${this.elementId_} is not valid`);
    return this;
  }

  setTargeting(key, value) {
    this.targeting_.set(key, value);
    return this;
  }

  updateTargetingFromMap(map) {
    this.targeting_.merge(map);
    return this;
  }

  getTargeting(key) {
    return this.targeting_.get(key);
  }

  getTargetingKeys() {
    return this.targeting_.keys();
  }

  getTargetingMap() {
    return this.targeting_.toObject();
  }

  clearTargeting(key) {
    this.targeting_.clear(key);
    return this;
  }

  setConfig(config) {
    for (const [key, value] of Object.entries(config || {})) {
      if (key === 'targeting' && value === null) this.targeting_.clear();
      else if (key === 'targeting') this.targeting_.merge(value);
      else if (key === 'categoryExclusion') this.exclusions_ = (value || []).map(String);
      else if (value === null) delete this.config_[key];
      else this.config_[key] = value;
    }
    return this;
  }

  getConfig(keys) {
    return readConfig(keys, {
      targeting: () => this.targeting_.toObject(),
      collapseDiv: () => this.config_.collapseDiv,
      categoryExclusion: () => this.exclusions_.slice(),
    });
  }

  // When to hide the element: before the request, where nothing was filled, or never.
  collapseMode() {
    return this.config_.collapseDiv || pageConfig.collapseDiv || 'DISABLED';
  }

  setCollapseEmptyDiv(collapse, beforeFetch) {
    this.config_.collapseDiv = collapse ? (beforeFetch ? 'BEFORE_FETCH' : 'ON_NO_FILL') : 'DISABLED';
    return this;
  }

  getResponseInformation() {
    return this.response_;
  }

  set(key, value) {
    this.attributes_.set(String(key), String(value));
    return this;
  }

  get(key) {
    return this.attributes_.has(String(key)) ? this.attributes_.get(String(key)) : null;
  }

  getAttributeKeys() {
    return Array.from(this.attributes_.keys());
  }

  setCategoryExclusion(label) {
    this.exclusions_.push(String(label));
    return this;
  }

  getCategoryExclusions() {
    return this.exclusions_.slice();
  }

  clearCategoryExclusions() {
    this.exclusions_ = [];
    return this;
  }

  setForceSafeFrame() {
    return this;
  }

  setSafeFrameConfig() {
    return this;
  }

  setClickUrl() {
    return this;
  }
}

function elementOf(slot) {
  const { element } = slot;
  if (element && element.isConnected) return element;
  return document.getElementById(slot.getSlotElementId());
}

// By element id, element or slot, as display() and others take it.
function findSlot(reference) {
  if (reference instanceof Slot) return reference;
  const id = typeof reference === 'string' ? reference : reference && reference.id;
  return slots.find((slot) => slot.getSlotElementId() === id) || null;
}

// The new slot, or null where there can be none; the page is told by the function that it called.
function newSlot(caller, path, sizes, elementId) {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    warn(`${caller}: ${path} is not an ad unit path`);
    return null;
  }
  const taken = elementId && slots.some((slot) => slot.getSlotElementId() === elementId);
  if (taken) {
    warn(`${caller}: ${elementId} has a slot already`);
    return null;
  }
  return new Slot(path, sizes, elementId);
}
