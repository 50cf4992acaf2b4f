// Part 4: listeners. One that throws does not keep the others from hearing; its error still reaches the console.

const EVENT_TYPES = [
  'slotRequested',
  'slotResponseReceived',
  'slotRenderEnded',
  'slotOnload',
  'slotVisibilityChanged',
  'impressionViewable',
];
const listeners = new Map();

function addListener(type, listener) {
  if (typeof listener !== 'function') {
    warn(`listener for ${type} is not a function`);
    return;
  }
  if (!listeners.has(type)) listeners.set(type, []);
  listeners.get(type).push(listener);
}

function removeListener(type, listener) {
  const list = listeners.get(type) || [];
  const index = list.indexOf(listener);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}

function dispatch(type, slot, fields) {
  note(`${type} ${slot.getSlotElementId()}`);
  const event = Object.freeze({ slot, serviceName: 'publisher_ads', ...fields });
  for (const listener of (listeners.get(type) || []).slice()) {
    try {
      listener(event);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  }
}
