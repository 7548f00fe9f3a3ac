/**
 * Runs in the browser: fetches the page anew and takes over what changed. Nothing is lost without it but the refresh.
 * It waits while someone types or selects, and while the tab is hidden; a failed fetch is tried again at the next turn.
 */
export const BROWSER_SCRIPT = `'use strict';
const seconds = Number(document.body.dataset.refreshSeconds);
const busy = () => document.hidden || ['INPUT', 'SELECT'].includes(document.activeElement?.tagName) || String(getSelection()) !== '';
const exchange = (fresh, id) => {
  const [now, next] = [document.getElementById(id), fresh.getElementById(id)];
  if (now && next && now.innerHTML !== next.innerHTML) now.replaceWith(document.adoptNode(next));
};
const refresh = async () => {
  if (busy()) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!busy()) for (const id of ['content', 'live-state']) exchange(fresh, id);
  } catch {
    const state = document.querySelector('#live-state .pill');
    if (state) Object.assign(state, { className: 'pill bad', textContent: 'Exporter does not answer' });
  }
};
if (seconds > 0) setInterval(refresh, seconds * 1000);
`;
