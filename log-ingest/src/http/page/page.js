// The query page: loads the catalog, runs statements, shows rows. Text only ever enters the page
// as text, since rows hold what senders chose to send.

const el = (id) => document.getElementById(id);

function make(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

async function run(sql) {
  const button = document.querySelector('button[type=submit]');
  button.disabled = true;
  el('summary').textContent = 'running …';
  el('as-csv').href = `/query?format=csv&q=${encodeURIComponent(sql)}`;
  const started = performance.now();
  try {
    const response = await fetch('/query?format=json', { method: 'POST', body: sql });
    const text = await response.text();
    const took = Math.round(performance.now() - started);
    if (response.ok) show(JSON.parse(text), took);
    else fail(text.trim());
  } catch (error) {
    fail(`log-ingest does not answer: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

function fail(message) {
  el('summary').textContent = '';
  el('answer').replaceChildren(make('p', message, { class: 'fault', role: 'alert' }));
}

function show(rows, took) {
  el('summary').textContent = `${plural(rows.length)} in ${took} ms`;
  if (rows.length === 0) {
    el('answer').replaceChildren();
    return;
  }
  const columns = Object.keys(rows[0]).map((name) => ({
    name,
    isNumber: rows.some((row) => typeof row[name] === 'number'),
  }));
  const head = make('tr');
  head.append(...columns.map(heading));
  const body = rows.slice(0, SHOWN).map((row) => {
    const line = make('tr');
    line.append(...columns.map((column) => cell(row[column.name], column.isNumber)));
    return line;
  });
  const table = make('table');
  const thead = make('thead');
  const tbody = make('tbody');
  thead.append(head);
  tbody.append(...body);
  table.append(thead, tbody);
  el('answer').replaceChildren(table);
  if (rows.length > SHOWN) el('summary').textContent += `, the first ${SHOWN} shown`;
}

// More rows than this only slow the page down; the CSV has them all.
const SHOWN = 1000;

// A name may break after its underscores: that way many columns fit side by side.
function heading({ name, isNumber }) {
  const node = make('th', undefined, { scope: 'col', class: isNumber ? 'number' : '' });
  for (const part of name.split(/(?<=_)/)) node.append(part, make('wbr'));
  return node;
}

function cell(value, isNumber) {
  const kind = isNumber ? 'number' : '';
  if (value === null || value === undefined) return make('td', 'NULL', { class: `null ${kind}` });
  if (typeof value !== 'number') {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return make('td', text, { class: kind });
  }
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
  return make('td', text, { class: kind, title: String(value) });
}

function plural(count) {
  return count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`;
}

function showQueries(queries) {
  const choose = (query, button) => {
    for (const other of el('named').children) other.setAttribute('aria-pressed', other === button);
    el('sql').value = query.sql.trimEnd();
    run(query.sql);
  };
  const buttons = queries.map((query) => {
    const button = make('button', query.name, { type: 'button', title: query.title, 'aria-pressed': 'false' });
    button.addEventListener('click', () => choose(query, button));
    return button;
  });
  el('named').replaceChildren(...buttons);
  if (queries.length > 0) choose(queries[0], buttons[0]);
}

function showTables(tables, sizes) {
  el('tables').replaceChildren(
    ...tables.map((table, index) => {
      const details = make('details');
      details.open = index === 0;
      const summary = make('summary');
      const rows = sizes.get(table.name);
      summary.append(make('b', table.name));
      if (rows !== undefined) summary.append(make('span', plural(rows), { class: 'rows' }));
      const columns = make('dl');
      for (const column of table.columns) {
        const term = make('dt');
        term.append(make('code', column.name), ' ', make('span', column.type, { class: 'type' }));
        columns.append(term, make('dd', column.doc));
      }
      const tag = table.tag ? `, tag ${table.tag}` : '';
      details.append(summary, make('p', `${table.doc}${tag}`), columns);
      return details;
    }),
  );
}

async function sizesOfTables() {
  const response = await fetch('/status');
  const status = await response.json();
  return new Map((status.tables ?? []).map((table) => [table.name, table.rows]));
}

const form = document.querySelector('form');
form.addEventListener('submit', (event) => {
  event.preventDefault();
  run(el('sql').value);
});
el('sql').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

const catalog = await (await fetch('/catalog')).json();
showQueries(catalog.queries);
showTables(catalog.tables, await sizesOfTables());
