/* Elements of the debug overlay. */

/** An element with properties and children; `role` and names with a hyphen, such as `aria-label`, become attributes. */
export const element = (tag, properties, ...children) => {
  const made = document.createElement(tag);
  Object.entries(properties).forEach(([name, value]) => {
    if (name == 'role' || name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  });
  made.append(...children);
  return made;
};

/** A table with a caption for those who cannot see it. */
export const table = (caption, heads, rows) =>
  element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element(
      'tbody',
      {},
      ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell === undefined ? '' : cell)))),
    ),
  );

export const nothing = (text) => element('p', { className: 'nothing' }, text);

/** Milliseconds, written for people. */
export const time = (millis) => (millis === undefined ? '–' : `${Math.round(millis).toLocaleString('en')} ms`);
