// Part 9: the ad request. What slots and page say is copied when the request is made; later changes wait for the next.

function snapshot(requested) {
  return {
    correlator: page.correlator,
    url: pageUrl(),
    location: pageConfig.location || '',
    targeting: pageTargeting.toObject(),
    privacy: { ...page.privacy },
    publisherProvidedId: page.publisherProvidedId,
    slots: requested.map((slot) => ({
      elementId: slot.getSlotElementId(),
      adUnitPath: slot.getAdUnitPath(),
      sizes: slot.currentSizes(),
      targeting: slot.getTargetingMap(),
    })),
  };
}

// The address that the page states, in either form, or else its real one.
function pageUrl() {
  const { page_url: said } = pageConfig.adsenseAttributes || {};
  return said || attributes.get('page_url') || location.href;
}

// A prerendered page asks for nothing until somebody sees it.
function whenActive(callback) {
  if (document.prerendering) document.addEventListener('prerenderingchange', callback, { once: true });
  else callback();
}

// Requests the slots: all at once with single request, otherwise one request for each. With both single request and lazy loading,
// the first slot that is near brings the others with it.
function request(requested) {
  const wanted = requested.filter((slot) => !slot.suppressed());
  wanted.forEach((slot) => {
    slot.fetched = true;
    slot.generation += 1;
    slot.waiting = null;
    if (slot.collapseMode() === 'BEFORE_FETCH') collapse(slot, true);
  });
  if (wanted.length === 0) return;
  whenActive(() => {
    const groups = pageConfig.singleRequest ? [wanted] : wanted.map((slot) => [slot]);
    groups.forEach(sendWhenNear);
  });
}

function sendWhenNear(group) {
  const generations = group.map((slot) => slot.generation);
  whenNear(group, fetchMargin(), () => {
    const current = group.filter((slot, index) => slot.generation === generations[index]);
    if (current.length > 0) send(current);
  });
}

function send(group) {
  const body = JSON.stringify(snapshot(group));
  const generations = group.map((slot) => slot.generation);
  group.forEach((slot) => dispatch('slotRequested', slot, {}));
  const call = new XMLHttpRequest();
  call.open('POST', adServerOrigin + '/gampad/ads');
  call.withCredentials = true;
  // text/plain needs no preflight.
  call.setRequestHeader('Content-Type', 'text/plain');
  call.onload = () => receive(group, generations, parseAnswer(call));
  call.onerror = () => receive(group, generations, {});
  call.send(body);
}

function parseAnswer(call) {
  try {
    const answer = JSON.parse(call.responseText);
    return Object.fromEntries(answer.slots.map((slot) => [slot.elementId, slot.creative]));
  } catch (error) {
    warn(`the ad server's answer could not be read (status ${call.status})`);
    return {};
  }
}

function receive(group, generations, creatives) {
  // An answer to a request that a refresh or destroySlots has overtaken is dropped.
  const current = group.filter((slot, index) => slot.generation === generations[index]);
  current.forEach((slot) => {
    const creative = creatives[slot.getSlotElementId()] || null;
    slot.response_ = creative && responseInformation(creative);
    dispatch('slotResponseReceived', slot, {});
    slot.waiting = { creative, near: false, watched: false };
  });
  current.forEach(renderWaiting);
}

function responseInformation(creative) {
  return Object.freeze({
    advertiserId: creative.advertiserId,
    campaignId: creative.campaignId,
    creativeId: creative.creativeId,
    creativeTemplateId: null,
    lineItemId: creative.lineItemId,
  });
}
