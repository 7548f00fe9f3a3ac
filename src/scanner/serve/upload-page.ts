import { VERSION } from '../../conventions/index.ts';
import { type Html, html, NOTHING, pageFrame } from '../../web/index.ts';
import type { FileFinding, ScanError } from '../finding.ts';
import type { Report } from '../output/report.ts';
import { decodeText } from '../yaml/decode-text.ts';
import type { ArchivedFile } from './read-tar.ts';

// Longer files are shown around their findings alone.
const MAX_WHOLE_LINES = 5_000;
const LINES_AROUND = 3;
// A whole file in one line is no reading; what is beyond is not shown.
const MAX_LINE_LENGTH = 500;

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const HOT: ReadonlySet<string> = new Set(['critical', 'high']);

/** The look that the page has beside the common stylesheet. */
export const UPLOAD_STYLES = `
textarea { display: block; width: 100%; min-height: 260px; margin: 6px 0 12px; font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 10px; }
.source td { padding: 1px 12px; border: 0; font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; vertical-align: top; }
.source td:first-child { color: var(--soft); text-align: right; width: 1%; white-space: nowrap; user-select: none; }
.source .said td { font-family: system-ui, sans-serif; background: var(--warm-ground); padding: 6px 12px; }
.source .said.hot td { background: var(--hot-ground); }
`;

const frame = (title: string, content: Html): string =>
  pageFrame({ title, brand: 'Bellwether scan', content, footer: `Bellwether ${VERSION}. Uploads are judged and forgotten.` });

const FORM = html`<form method="post" action="/" enctype="multipart/form-data" class="card">
<p><label>A file (YAML, JSON, or a tar archive of such, also gzipped) <input type="file" name="file"></label></p>
<label>or a manifest as text<textarea name="text" spellcheck="false"></textarea></label>
<button type="submit">Judge</button></form>`;

/** The empty form. */
export const formPage = (): string => frame('Scan manifests', html`<h1>Scan manifests</h1>${FORM}`);

/** Why an upload was not judged, and the form again. */
export const refusedPage = (message: string): string =>
  frame('Not judged', html`<h1>Not judged</h1><section class="banner bad"><p>${message}</p></section>${FORM}`);

const said = (finding: FileFinding): Html =>
  html`<tr class="said${HOT.has(finding.severity) ? ' hot' : ''}"><td>${finding.severity}</td><td><strong>${finding.policy}</strong> ${finding.message}. ${finding.fix} <code>${finding.path}</code></td></tr>`;

const unreadable = ({ message, column }: ScanError): Html =>
  html`<tr class="said hot"><td>error</td><td>${message}${column === undefined ? '' : ` (column ${column})`}</td></tr>`;

const lineRow = (text: string, line: number): Html =>
  html`<tr id="L${line}"><td>${line}</td><td>${text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)} ...` : text}</td></tr>`;

const textOf = (bytes: Uint8Array): string => {
  try {
    return decodeText(bytes);
  } catch {
    // Then there is an error in the result, and nothing to show.
    return '';
  }
};

const groupBy = <T, K>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> => {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const known = groups.get(keyOf(one));
    if (known) known.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
};
// What has no line is said above the file.
const lineOf = ({ line }: { readonly line?: number }): number => line ?? 0;

const fileSection = ({ path, bytes }: ArchivedFile, findings: readonly FileFinding[], errors: readonly ScanError[]): Html => {
  const lines = textOf(bytes).split(/\r\n|\n|\r/);
  const [foundAt, errorsAt] = [groupBy(findings, lineOf), groupBy(errors, lineOf)];
  const shown = new Set<number>();
  for (const line of [...foundAt.keys(), ...errorsAt.keys()])
    for (let near = line - LINES_AROUND; near <= line + LINES_AROUND; near++) shown.add(near);
  const isWhole = lines.length <= MAX_WHOLE_LINES;
  const rows: Html[] = (errorsAt.get(0) ?? []).map(unreadable);
  let hasGap = false;
  lines.forEach((text, i) => {
    const line = i + 1;
    if (!isWhole && !shown.has(line)) {
      hasGap = true;
      return;
    }
    if (hasGap) rows.push(html`<tr><td></td><td>...</td></tr>`);
    hasGap = false;
    rows.push(lineRow(text, line), ...(foundAt.get(line) ?? []).map(said), ...(errorsAt.get(line) ?? []).map(unreadable));
  });
  return html`<h2>${path}</h2><div class="card"><table class="source"><tbody>${rows}</tbody></table></div>`;
};

/** Each file with its findings below their lines; of several files those alone that have any. */
export const resultPage = ({ findings, errors, summary, profile }: Report, files: readonly ArchivedFile[]): string => {
  const found = groupBy(findings, ({ file }) => file);
  const failed = groupBy(errors, ({ file }) => file);
  const counts = Object.entries(summary.findings)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const verdict = counts.length > 0 ? counts.join(', ') : errors.length > 0 ? 'Not all could be read' : 'No findings';
  const shown = files.length === 1 ? files : files.filter(({ path }) => found.has(path) || failed.has(path));
  const noFile = [...failed].filter(([path]) => !files.some((file) => file.path === path)).flatMap(([, all]) => all);
  return frame(
    verdict,
    html`<h1>${verdict}</h1>
<p class="quiet">${`${count(summary.objects, 'object')} in ${count(summary.files, 'file')}, profile ${profile}, ${summary.policies} policies, ${summary.errors} errors.`}</p>
${noFile.map(({ message }) => html`<section class="banner warn"><p>${message}</p></section>`)}
${shown.map((file) => fileSection(file, found.get(file.path) ?? [], failed.get(file.path) ?? []))}
${shown.length < files.length ? html`<p class="quiet">${`${files.length - shown.length} files without findings are not shown.`}</p>` : NOTHING}
<h2>Another one</h2>${FORM}`,
  );
};
