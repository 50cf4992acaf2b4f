// A page just large enough for the publisher tag's stand-in: elements with ids, requests that wait for their answer,
// and a console that remembers. Used by the tests beside it.
import { readFileSync, readdirSync } from 'node:fs';
import vm from 'node:vm';

const assets = new URL('../../assets/', import.meta.url);

export class Element {
  constructor(tag) {
    this.tag = tag;
    this.style = {};
    this.children = [];
    this.attributes = {};
    this.handlers = {};
    this.parent = null;
  }

  get id() {
    return this.attributes.id;
  }

  set id(id) {
    this.attributes.id = id;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  addEventListener(type, handler) {
    this.handlers[type] = handler;
  }

  appendChild(child) {
    child.parent = this;
    this.children.push(child);
  }

  remove() {
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
  }

  querySelector() {
    return this.children.find((child) => child.id && child.id.startsWith('google_ads_iframe_')) || null;
  }
}

export function loadPage({ ids = [], before = () => {} } = {}) {
  const elements = new Map(ids.map((id) => [id, Object.assign(new Element('div'), { id })]));
  const requests = [];
  const warnings = [];
  const observers = [];

  class XMLHttpRequest {
    open(method, url) {
      Object.assign(this, { method, url, headers: {} });
    }

    setRequestHeader(name, value) {
      this.headers[name] = value;
    }

    send(body) {
      this.body = JSON.parse(body);
      requests.push(this);
    }

    answer(creatives) {
      this.status = 200;
      const slots = this.body.slots.map(({ elementId }) => ({ elementId, creative: creatives[elementId] || null }));
      this.responseText = JSON.stringify({ slots });
      this.onload();
    }
  }

  class IntersectionObserver {
    constructor(callback, options) {
      Object.assign(this, { callback, options, watched: [] });
      observers.push(this);
    }

    observe(element) {
      this.watched.push(element);
    }

    // The elements have come near, or on screen.
    reach() {
      this.callback([{ isIntersecting: true, intersectionRatio: 1 }]);
    }

    disconnect() {}
  }

  const window = {
    innerWidth: 1280,
    innerHeight: 900,
    URL,
    XMLHttpRequest,
    IntersectionObserver,
    performance,
    setTimeout,
    clearTimeout,
    console: { ...console, warn: (message) => warnings.push(message) },
    location: { href: 'http://site.test/home' },
    document: {
      currentScript: { src: 'http://ads.test/tag/js/pubads_impl.js' },
      readyState: 'complete',
      visibilityState: 'visible',
      getElementById: (id) => elements.get(id) || null,
      createElement: (tag) => new Element(tag),
      addEventListener() {},
      removeEventListener() {},
    },
  };
  window.window = window;
  before(window);
  const folder = new URL('pubads/', assets);
  const parts = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
  vm.runInNewContext(`(function () {\n'use strict';\n${parts.join('')}})();`, window);
  return { window, googletag: window.googletag, elements, requests, warnings, observers };
}

export function creative(overrides = {}) {
  return {
    html: '<p>ad</p>',
    size: [300, 250],
    advertiserId: 1,
    campaignId: 2,
    lineItemId: 3,
    creativeId: 4,
    ...overrides,
  };
}

// Every event that the page hears, as "event element".
export function listen(googletag) {
  const heard = [];
  for (const type of ['slotRequested', 'slotResponseReceived', 'slotRenderEnded', 'slotOnload', 'impressionViewable']) {
    googletag.pubads().addEventListener(type, (event) => {
      heard.push(`${type} ${event.slot.getSlotElementId()}`);
      heard.last = event;
    });
  }
  return heard;
}
