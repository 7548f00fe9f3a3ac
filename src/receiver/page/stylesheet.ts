import { STYLESHEET as SHARED } from '../../web/index.ts';

/** What forms and alert tables need beyond the look that all pages share. */
export const STYLESHEET = `${SHARED}
form.inline { display: inline-flex; gap: 10px; align-items: center; margin: 0; }
form.card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 16px 18px; margin: 0 0 18px; max-width: 640px; }
form.card label { display: block; margin: 0 0 10px; }
form.card input[type=text], form.card input[type=password], form.card input[type=datetime-local], form.card select { display: block; width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--edge); border-radius: 6px; padding: 6px 10px; }
form.card fieldset { border: 0; padding: 0; margin: 0 0 12px; }
form.card fieldset label { margin: 0 0 4px; }
button { font: inherit; border: 0; border-radius: 6px; padding: 7px 16px; background: var(--accent); color: var(--card); font-weight: 600; cursor: pointer; }
button.plain { background: none; color: var(--accent); padding: 2px 6px; font-weight: 400; }
form[action="/"] { flex-wrap: wrap; }
table.list { width: 100%; margin: 14px 0; border-collapse: collapse; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; }
table.list th, table.list td { text-align: left; padding: 8px 12px; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere; }
table.list th { font-size: 13px; color: var(--soft); font-weight: 600; }
`;
