/*
 * One auction at the bid server, for the layers that stand in for other libraries.
 */

const nothing = () => {};

/** A UUID of version 4. */
export const uuid = () => {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte + 256).toString(16).slice(1));
  const text = bytes
    .join('')
    .replace(/^(.{12})./, '$14')
    .replace(/^(.{16})./, '$1a');
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

// The number of auctions that may run at a time: a page that asks in a loop has to wait, instead of burdening the server.
const MOST = 4;
let running = 0;
const queued = [];
const next = () => {
  running -= 1;
  if (queued[0]) send(...queued.shift());
};

/**
 * Posts `request`. `done(failure, answer)` is called once; the failure is empty, `timeout`, `status`, `network` or `malformed`. With
 * `status`, the answer is what the server says about it, as text.
 */
export const post = (...auction) => {
  if (running < MOST) send(...auction);
  else queued.push(auction);
};

const send = (url, request, { timeout, cookies }, done) => {
  running += 1;
  const stop = new AbortController();
  let over;
  const end = (failure, answer) => {
    if (over) return;
    over = 1;
    clearTimeout(timer);
    next();
    done(failure, answer);
  };
  const timer = setTimeout(() => {
    end('timeout');
    stop.abort();
  }, timeout);
  // As text/plain, so that the browser sends no preflight request first.
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(request),
    credentials: cookies ? 'include' : 'omit',
    signal: stop.signal,
    priority: 'high',
  })
    .then((response) => {
      if (response.status == 204) return end('', {});
      if (response.status != 200) return response.text().then((text) => end('status', text.slice(0, 300)));
      return response.json().then(
        (answer) => end('', answer),
        () => end('malformed'),
      );
    })
    .catch(() => end('network'))
    .catch(nothing);
};

/** Merges objects into `target`; arrays and plain values of later ones replace those of earlier ones. */
export const merge = (target, ...sources) => {
  sources.forEach((source) =>
    Object.keys(source || {}).forEach((key) => {
      const value = source[key];
      if (key == '__proto__' || value === undefined) return;
      const plain = value && typeof value == 'object' && !Array.isArray(value);
      target[key] = plain ? merge(target[key] && typeof target[key] == 'object' ? { ...target[key] } : {}, value) : value;
    }),
  );
  return target;
};

/** Sizes as `[[w, h], …]`, from such a list or a single size. */
export const sizesOf = (sizes) =>
  (!sizes || !sizes[0] ? [] : Array.isArray(sizes[0]) ? sizes : [sizes]).filter((size) => Array.isArray(size) && size[0] > 0);

/** Calls a function of the page; if it throws, the error only goes to the console. */
export const safely = (call, ...values) => {
  try {
    return call(...values);
  } catch (error) {
    console.error(error);
    return undefined;
  }
};

/** What every request says about the page and the device. */
export const surroundings = (account) => ({
  site: {
    page: location.href,
    ref: document.referrer || undefined,
    domain: location.hostname,
    publisher: { id: account, domain: location.hostname },
  },
  device: {
    w: screen.width,
    h: screen.height,
    ua: navigator.userAgent,
    language: (navigator.language || '').split('-')[0],
    ext: { vpw: innerWidth, vph: innerHeight },
  },
});

/** The page config, if the page has one. */
export const pageConfig = () => {
  try {
    return JSON.parse(document.getElementById('earlybid-config').textContent);
  } catch {
    return {};
  }
};
