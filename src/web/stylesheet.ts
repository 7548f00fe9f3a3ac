/** The look of the page, light and dark by the reader's setting. One file, so that a strict content policy needs no exceptions. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #ffffff; --ink: #1b2430; --soft: #5d6b7c; --edge: #dfe4ea; --rule: #e9edf1;
  --accent: #3a5bd9; --hot: #d1363a; --hot-ground: #fdecec; --warm: #b7791f; --warm-ground: #fdf3dd; --good: #1c8552; --good-ground: #e3f5ec;
  --busy-ground: #e8edfc; --band: #3a5bd9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151b; --card: #181f27; --ink: #e6ebf0; --soft: #93a1b1; --edge: #2a343f; --rule: #232c36;
    --accent: #8ea6ff; --hot: #ff7b78; --hot-ground: #3a1d20; --warm: #e8b45c; --warm-ground: #362a14; --good: #5cc995; --good-ground: #14301f;
    --busy-ground: #1c2540; --band: #8ea6ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code { font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--rule); border-radius: 4px; padding: 1px 5px; }
h1 { font-size: 26px; line-height: 1.2; margin: 4px 0 18px; }
h2 { font-size: 16px; margin: 28px 0 12px; }
h3 { font-size: 14px; margin: 0 0 8px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; }
.top { display: flex; align-items: center; gap: 16px; padding: 12px 28px; background: var(--card); border-bottom: 1px solid var(--edge); }
.brand { display: inline-flex; align-items: center; gap: 10px; font-weight: 650; font-size: 17px; color: var(--ink); }
.brand:hover { text-decoration: none; }
.spacer { flex: 1; }
.quiet { color: var(--soft); font-size: 14px; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 28px 40px; }
footer { max-width: 1180px; margin: 0 auto; padding: 0 28px 32px; color: var(--soft); font-size: 13px; }
.pill { border-radius: 99px; padding: 3px 12px; font-size: 13px; font-weight: 600; }
.pill.good { background: var(--good-ground); color: var(--good); }
.pill.warn { background: var(--warm-ground); color: var(--warm); }
.pill.bad { background: var(--hot-ground); color: var(--hot); }
.pill.busy { background: var(--busy-ground); color: var(--accent); }
.banner { border: 1px solid var(--edge); border-left: 4px solid var(--soft); border-radius: 10px; background: var(--card); padding: 14px 18px; margin-bottom: 22px; }
.banner h2 { margin: 0 0 6px; }
.banner .detail { color: var(--soft); margin: 4px 0 0; overflow-wrap: anywhere; }
.banner.warn { border-left-color: var(--warm); }
.banner.bad { border-left-color: var(--hot); }
.banner.busy { border-left-color: var(--accent); }
progress { width: 100%; height: 8px; accent-color: var(--accent); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 14px; margin-bottom: 20px; }
.tile { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 12px 16px; display: flex; flex-direction: column; }
.tile .value { font-size: 23px; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile .label { color: var(--soft); font-size: 13px; }
.tile.hot .value { color: var(--hot); }
.filters, .times { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; margin: 0 0 14px; }
.times { margin-top: 14px; }
.times form { display: flex; gap: 8px; }
.filters input[type=search] { flex: 1; min-width: 220px; }
input, select, button, .button { font: inherit; font-size: 14px; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 6px 12px; }
button, .button { cursor: pointer; font-weight: 550; display: inline-block; }
button:hover, .button:hover { border-color: var(--accent); text-decoration: none; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 16px 18px; }
.card > h2 { margin: 0 0 10px; }
.card:has(table) { padding: 0; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: 12.5px; font-weight: 600; color: var(--soft); padding: 10px 14px; border-bottom: 1px solid var(--edge); white-space: nowrap; }
td { padding: 9px 14px; border-bottom: 1px solid var(--rule); vertical-align: middle; }
tbody tr:last-child td { border-bottom: 0; }
tbody tr:hover { background: var(--rule); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.workload { font-weight: 600; overflow-wrap: anywhere; }
.sub, .muted { color: var(--soft); font-size: 13px; }
td .sub { display: block; white-space: nowrap; }
.score { font-weight: 600; }
.score.hot, .big.hot { color: var(--hot); }
.badge { border-radius: 6px; padding: 2px 8px; font-size: 12.5px; font-weight: 600; background: var(--rule); color: var(--soft); white-space: nowrap; }
.badge.hot { background: var(--hot-ground); color: var(--hot); }
.badge.warm { background: var(--warm-ground); color: var(--warm); }
.badge.muted { font-weight: 500; }
.chip { display: inline-block; font: 12px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--rule); border-radius: 5px; padding: 1px 6px; margin: 1px 4px 1px 0; }
.paging { display: flex; gap: 14px; align-items: center; justify-content: center; margin-top: 16px; color: var(--soft); font-size: 14px; }
.empty { text-align: center; padding: 56px 20px; background: var(--card); border: 1px dashed var(--edge); border-radius: 10px; }
.empty p { max-width: 62ch; margin: 0 auto 10px; color: var(--soft); }
.path { color: var(--soft); font-size: 14px; margin: 0; }
.kind { color: var(--soft); font-weight: 450; font-size: 18px; }
.verdict { display: flex; gap: 26px; align-items: center; background: var(--card); border: 1px solid var(--edge); border-left: 4px solid var(--good); border-radius: 10px; padding: 16px 22px; margin-bottom: 18px; }
.verdict.hot { border-left-color: var(--hot); }
.figure { display: flex; flex-direction: column; align-items: center; min-width: 92px; }
.big { font-size: 38px; font-weight: 680; line-height: 1.1; font-variant-numeric: tabular-nums; }
.why { font-size: 16px; font-weight: 550; }
.verdict .sub { margin: 0 0 3px; }
.metrics { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 14px; }
.metric .share { float: right; color: var(--soft); font-weight: 500; }
.observed { font-size: 14px; margin: 8px 0 2px; }
.legend { color: var(--soft); font-size: 13px; margin: 6px 0 0; }
.key { display: inline-block; width: 18px; height: 10px; margin: 0 6px 0 12px; vertical-align: baseline; }
.boundary-key { border-top: 2px dashed var(--hot); height: 3px; }
.firing-key { background: var(--hot); opacity: .18; }
svg.chart { display: block; width: 100%; height: auto; }
svg.spark { width: 120px; height: 26px; display: block; }
svg.meter { width: 90px; height: 8px; margin-left: 10px; vertical-align: middle; }
svg.share-bar { width: 100%; height: 4px; margin: 0; display: block; border-radius: 2px; }
svg .line { fill: none; stroke: var(--accent); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
svg .grid { stroke: var(--rule); }
svg .boundary { stroke: var(--hot); stroke-dasharray: 4 4; opacity: .8; }
svg .now { stroke: var(--soft); stroke-dasharray: 2 3; opacity: .7; }
svg .firing { fill: var(--hot); opacity: .12; }
svg .tick { fill: var(--soft); font-size: 11px; }
svg .dot { fill: var(--accent); stroke: var(--card); stroke-width: 1.5; }
svg .dot.hot { fill: var(--hot); }
svg .band { fill: var(--band); opacity: .22; }
svg .band.assumed { opacity: .09; }
svg .track { fill: var(--rule); }
svg .fill { fill: var(--accent); }
svg .fill.hot { fill: var(--hot); }
@media (max-width: 760px) {
  .wide { display: none; }
  main, .top, footer { padding-left: 16px; padding-right: 16px; }
  .verdict { flex-direction: column; align-items: flex-start; gap: 10px; }
  .figure { align-items: flex-start; }
}
`.trimStart();
