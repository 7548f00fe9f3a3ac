import { plainValue } from '../detect/reasons.ts';
import { STRICT_FEATURES } from '../features/catalogue.ts';
import type { Scaler } from '../features/scaler.ts';
import type { FlowGroup } from '../record/columns.ts';
import { differingFields, drawFlow, type ScaledFlow } from './draw.ts';
import { BLOCK, PICTURE_LAYOUT, SIDE } from './layout.ts';

/** Screen pixels per pixel of the picture. */
const SCALE = 10;
const PAD = 16;
const HEAD = 60;
const LEGEND = 190;
const LINE = 15;
/** Fields named below the pictures. */
const MOST_NAMED = 10;

/** Colours that are told apart with colour-blind eyes too (Okabe and Ito), as frames of the groups. */
const GROUP_COLOURS: Readonly<Record<FlowGroup, string>> = {
  volume: '#e69f00',
  'packet-length': '#56b4e9',
  'inter-arrival': '#009e73',
  flags: '#f0e442',
  'headers-and-rates': '#0072b2',
  ratios: '#d55e00',
  bulk: '#cc79a7',
  subflow: '#8c8c8c',
  'windows-and-data': '#b2df8a',
  'active-and-idle': '#9467bd',
  time: '#7f5f3f',
};

export interface NamedFlow {
  readonly title: string;
  readonly subtitle: string;
  readonly flow: ScaledFlow;
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const number = (value: number): string => (Math.abs(value) >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4))));

const picture = ({ title, subtitle, flow }: NamedFlow, scaler: Scaler, left: number, marked: ReadonlySet<number>): string => {
  const pixels = drawFlow(flow);
  const blocks = PICTURE_LAYOUT.map(({ x, y, group, feature }, k) => {
    const shade = pixels[y * SIDE + x]!;
    const size = BLOCK * SCALE;
    const [px, py] = [left + x * SCALE, HEAD + y * SCALE];
    const value = number(plainValue(scaler.means[k]! + flow[k]! * scaler.deviations[k]!));
    const mark = marked.has(k)
      ? `<rect x="${px + 3}" y="${py + 3}" width="${size - 6}" height="${size - 6}" fill="none" stroke="#ff2d2d" stroke-width="3"/>`
      : '';
    return `<g><title>${escapeText(feature.name)}: ${value}</title><rect x="${px}" y="${py}" width="${size - 1}" height="${size - 1}" fill="rgb(${shade},${shade},${shade})" stroke="${GROUP_COLOURS[group]}" stroke-width="2"/>${mark}</g>`;
  });
  const side = SIDE * SCALE;
  return `<text x="${left}" y="${HEAD - 30}" font-size="14" font-weight="bold">${escapeText(title)}</text><text x="${left}" y="${HEAD - 12}">${escapeText(subtitle)}</text><rect x="${left}" y="${HEAD}" width="${side}" height="${side}" fill="#000"/>${blocks.join('')}`;
};

const legend = (left: number): string => {
  const groups = Object.entries(GROUP_COLOURS).map(
    ([group, colour], i) =>
      `<rect x="${left}" y="${HEAD + i * 20}" width="12" height="12" fill="none" stroke="${colour}" stroke-width="3"/><text x="${left + 20}" y="${HEAD + 11 + i * 20}">${group}</text>`,
  );
  const notes = ['dark: below the mean of', 'benign flows, bright: above', 'red: differs by a deviation', 'black: no field'];
  const below = HEAD + groups.length * 20 + 16;
  return [...groups, ...notes.map((note, i) => `<text x="${left}" y="${below + i * LINE}">${note}</text>`)].join('');
};

/** One flow, or two beside each other with the fields in which they differ marked and named, as a drawing that says each field's name and value when pointed at. */
export const drawSvg = (scaler: Scaler, first: NamedFlow, second?: NamedFlow): string => {
  const side = SIDE * SCALE;
  const differing = second ? differingFields(first.flow, second.flow) : [];
  const marked = new Set(differing);
  const named = differing.slice(0, MOST_NAMED);
  const at = (i: number): number => PAD + i * (side + PAD);
  const width = at(second ? 2 : 1) + LEGEND;
  const value = (flow: ScaledFlow, k: number): string => number(plainValue(scaler.means[k]! + flow[k]! * scaler.deviations[k]!));
  const lines = named.map((k) => `${STRICT_FEATURES[k]!.name}: ${value(first.flow, k)} against ${second ? value(second.flow, k) : ''}`);
  if (differing.length > named.length) lines.push(`and ${differing.length - named.length} more fields`);
  const top = HEAD + side + 24;
  const height = top + Math.max(0, lines.length) * LINE + PAD;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    picture(first, scaler, at(0), marked),
    second ? picture(second, scaler, at(1), marked) : '',
    legend(at(second ? 2 : 1)),
    ...lines.map((line, i) => `<text x="${PAD}" y="${top + i * LINE}">${escapeText(line)}</text>`),
    '</svg>\n',
  ].join('\n');
};
