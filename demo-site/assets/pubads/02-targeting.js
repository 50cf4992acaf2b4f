// Part 2: key-values. The ad server takes short keys and values without certain characters; what does not fit is
// cut in the same way here, with a warning, so that a page finds out before its line items stop matching.

const MAX_KEY = 20;
const MAX_VALUE = 40;
const FORBIDDEN = /["'=!+#*~;^()<>[\],]/g;

function cleanKey(key) {
  let name = String(key).replace(FORBIDDEN, '').replace(/\s/g, '');
  if (name !== String(key)) warn(`targeting key "${key}": characters that are not allowed were dropped`);
  if (name.length > MAX_KEY) {
    warn(`targeting key "${name}" is longer than ${MAX_KEY} characters and was cut`);
    name = name.slice(0, MAX_KEY);
  }
  if (name === '' || /^[0-9]/.test(name)) {
    warn(`targeting key "${key}" is empty or starts with a digit and was ignored`);
    return null;
  }
  return name;
}

function cleanValue(key, value) {
  let text = String(value);
  const allowed = text.replace(FORBIDDEN, '');
  if (allowed !== text) warn(`targeting value of "${key}": characters that are not allowed were dropped`);
  text = allowed;
  if (text.length > MAX_VALUE) {
    warn(`targeting value of "${key}" is longer than ${MAX_VALUE} characters and was cut`);
    text = text.slice(0, MAX_VALUE);
  }
  return text;
}

class Targeting {
  constructor() {
    // Lower-case name to {name, values}: if names differ in case only, that is a mistake.
    this.entries = new Map();
  }

  set(key, value) {
    const name = cleanKey(key);
    if (name === null) return;
    if (value === null || value === undefined) {
      warn(`targeting key "${name}" was given no value and was ignored`);
      return;
    }
    const list = Array.isArray(value) ? value : [value];
    const values = list.filter((one) => one !== null && one !== undefined).map((one) => cleanValue(name, one));
    this.entries.set(name.toLowerCase(), { name, values });
  }

  // As setConfig does it: null clears a key, keys not named stay.
  merge(map) {
    for (const [key, value] of Object.entries(map || {})) {
      if (value === null) this.clear(key);
      else if (value !== undefined) this.set(key, value);
    }
  }

  get(key) {
    const entry = this.entries.get(String(key).toLowerCase());
    return entry ? entry.values.slice() : [];
  }

  keys() {
    return Array.from(this.entries.values(), (entry) => entry.name);
  }

  clear(key) {
    if (key === undefined) this.entries.clear();
    else this.entries.delete(String(key).slice(0, MAX_KEY).toLowerCase());
  }

  toObject() {
    const map = {};
    for (const { name, values } of this.entries.values()) map[name] = values.slice();
    return map;
  }
}
