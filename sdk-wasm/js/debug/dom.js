/* Elements of the debug overlay. */

/** An element with properties, `role` and `aria-*` as attributes, and children. */
export const element = (tag, properties, ...children) => {
  const made = document.createElement(tag);
  Object.entries(properties).forEach(([name, value]) => {
    if (name == 'role' || name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  });
  made.append(...children);
  return made;
};

/** A table with a caption for those who do not see it. */
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

/** Milliseconds as read by people. */
export const time = (millis) => (millis === undefined ? '–' : `${Math.round(millis).toLocaleString('en')} ms`);
