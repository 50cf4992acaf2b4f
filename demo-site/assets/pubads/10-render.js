// Part 10: puts a creative into the page: container element, frame of the ad server's origin, markup in the frame's name.

function collapse(slot, hidden) {
  const element = elementOf(slot);
  if (element) element.style.display = hidden ? 'none' : '';
}

// Shows what the ad server answered, whether the slot was asked for by its own display(), by that of another slot with single
// request, or by refresh().
function renderWaiting(slot) {
  const { waiting } = slot;
  if (!waiting) return;
  const element = elementOf(slot);
  if (!element && slot.format === null) {
    waitForElement(slot);
    return;
  }
  if (!waiting.near) {
    waitUntilNear(slot, waiting);
    return;
  }
  const { creative } = waiting;
  slot.waiting = null;
  clearElement(slot);
  if (creative && element) renderCreative(slot, element, creative);
  else renderEmpty(slot);
}

function waitForElement(slot) {
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', () => renderWaiting(slot), { once: true });
  } else {
    warn(`no element with id ${slot.getSlotElementId()}`);
  }
}

function waitUntilNear(slot, waiting) {
  if (waiting.watched) return;
  waiting.watched = true;
  whenNear([slot], renderMargin(), () => {
    waiting.near = true;
    if (slot.waiting === waiting) renderWaiting(slot);
  });
}

function clearElement(slot) {
  if (slot.watcher) slot.watcher.stop();
  slot.watcher = null;
  const element = elementOf(slot);
  const old = element && element.querySelector('[id^="google_ads_iframe_"]');
  if (old) old.remove();
  return Boolean(old);
}

function renderEmpty(slot) {
  if (slot.collapseMode() !== 'DISABLED') collapse(slot, true);
  dispatch('slotRenderEnded', slot, renderEndedFields(null));
}

function renderCreative(slot, element, creative) {
  const id = `google_ads_iframe_${slot.getAdUnitPath()}_${slot.number_}`;
  const container = document.createElement('div');
  container.id = `${id}__container__`;
  container.style.border = '0pt none';
  container.style.margin = 'auto';
  container.style.width = `${creative.size[0]}px`;
  container.style.height = `${creative.size[1]}px`;
  const frame = makeFrame(id, creative);
  const generation = slot.generation;
  frame.addEventListener('load', () => {
    if (slot.generation !== generation || slot.watcher) return;
    dispatch('slotOnload', slot, {});
    slot.watcher = watchVisibility(slot, frame, creative.size);
  });
  container.appendChild(frame);
  element.appendChild(container);
  collapse(slot, false);
  dispatch('slotRenderEnded', slot, renderEndedFields(creative));
}

function makeFrame(id, creative) {
  const [width, height] = creative.size;
  const frame = document.createElement('iframe');
  const attributes = {
    id,
    title: page.frameTitle || '3rd party ad content',
    name: JSON.stringify({ html: creative.html }),
    width,
    height,
    scrolling: 'no',
    frameborder: '0',
    marginwidth: '0',
    marginheight: '0',
    src: adServerOrigin + '/safeframe/container.html',
  };
  for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, String(value));
  frame.style.border = '0';
  frame.style.verticalAlign = 'bottom';
  return frame;
}

// yieldCpm, yieldSource and yieldBidder are this stand-in's own: what a line item of the ad server earns.
function renderEndedFields(creative) {
  const fields = {
    isEmpty: creative === null,
    slotContentChanged: creative !== null,
    size: creative ? creative.size.slice() : null,
    advertiserId: creative ? creative.advertiserId : null,
    campaignId: creative ? creative.campaignId : null,
    creativeId: creative ? creative.creativeId : null,
    creativeTemplateId: null,
    lineItemId: creative ? creative.lineItemId : null,
    sourceAgnosticCreativeId: creative ? creative.creativeId : null,
    sourceAgnosticLineItemId: creative ? creative.lineItemId : null,
    isBackfill: false,
    yieldGroupIds: null,
    companyIds: null,
    labelIds: null,
    responseIdentifier: page.correlator,
  };
  if (creative && typeof creative.yieldCpm === 'number') {
    fields.yieldCpm = creative.yieldCpm;
    fields.yieldSource = creative.yieldSource;
    fields.yieldBidder = creative.yieldBidder;
  }
  return fields;
}
