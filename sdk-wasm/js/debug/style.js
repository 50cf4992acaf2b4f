/* How the debug overlay looks: two schemes, with text at a contrast of at least 4.5 to 1. */
export const style = `
:host { color-scheme: light dark; --back: #fff; --ink: #1c2430; --soft: #566173; --line: #d9dee6; --lift: #f3f5f8; --blue: #1858b8; --green: #17693a; --amber: #8a5200; --red: #b3261e; --violet: #6b3fa0; }
@media (prefers-color-scheme: dark) { :host { --back: #161b22; --ink: #e8ecf2; --soft: #a3adbb; --line: #333c48; --lift: #202732; --blue: #7db0ff; --green: #69cf95; --amber: #f0b252; --red: #ff8f87; --violet: #c3a2f5; } }
* { box-sizing: border-box; }
.panel { position: absolute; right: 12px; bottom: 12px; width: min(560px, calc(100vw - 24px)); max-height: min(420px, calc(100vh - 24px)); display: flex; flex-direction: column; pointer-events: auto; background: var(--back); color: var(--ink); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 28px rgb(0 0 0 / .28); font: 13px/1.45 system-ui, sans-serif; overflow: hidden; }
.panel.folded { width: auto; }
.folded .tabs, .folded .body { display: none; }
header { display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 12px; }
.view { color: var(--soft); flex: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-variant-numeric: tabular-nums; }
button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
.tool { padding: 3px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--lift); }
button:focus-visible, .body:focus-visible { outline: 2px solid var(--blue); outline-offset: -2px; }
.tabs { display: flex; gap: 2px; padding: 0 8px; border-bottom: 1px solid var(--line); }
.tabs button { padding: 6px 10px; color: var(--soft); border-bottom: 2px solid transparent; }
.tabs button[aria-selected=true] { color: var(--ink); border-color: var(--blue); font-weight: 600; }
.tabs .some { color: var(--amber); }
.body { overflow: auto; padding: 10px 12px 12px; min-height: 120px; }
.body[hidden] { display: none; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th { text-align: left; font-weight: 600; color: var(--soft); padding: 3px 10px 5px 0; white-space: nowrap; }
td { padding: 4px 10px 4px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.nothing { margin: 6px 0; color: var(--soft); }
.tag { display: inline-block; padding: 0 7px; border-radius: 9px; border: 1px solid currentColor; white-space: nowrap; font-size: 12px; }
.good { color: var(--green); } .bad { color: var(--red); } .warn { color: var(--amber); } .plain { color: var(--soft); } .busy { color: var(--blue); }
.lane { display: grid; grid-template-columns: 112px 1fr; gap: 8px; align-items: center; padding: 4px 0; border-top: 1px solid var(--line); }
.lane:first-of-type { border-top: 0; }
.name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.track { position: relative; height: 16px; background: var(--lift); border-radius: 3px; }
.bar { position: absolute; top: 3px; height: 10px; min-width: 2px; border-radius: 2px; background: currentColor; }
.mark { position: absolute; top: 0; width: 2px; height: 16px; background: currentColor; }
.said { grid-column: 2; color: var(--soft); font-size: 12px; }
.axis { position: relative; height: 18px; margin-left: 120px; color: var(--soft); font-size: 11px; }
.axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis span:first-child { transform: none; } .axis span:last-child { transform: translateX(-100%); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 8px 0 0; color: var(--soft); font-size: 12px; }
.legend span::before { content: ''; display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; background: var(--tone); }
.bid { color: var(--blue); } .server { color: var(--violet); } .draw { color: var(--green); } .code { color: var(--amber); }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: 6px 0; border-top: 1px solid var(--line); } li:first-child { border-top: 0; }
li strong { display: block; } li span { color: var(--soft); }
.layer { position: absolute; inset: 0; overflow: hidden; }
.frame { position: absolute; border: 2px solid var(--tone); border-radius: 2px; }
.label { position: absolute; top: 0; left: 0; max-width: 100%; padding: 1px 7px; font: 600 12px/1.5 system-ui, sans-serif; color: var(--back); background: var(--tone); border-bottom-right-radius: 4px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
`;
