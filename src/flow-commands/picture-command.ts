import { Command } from 'commander';
import { collect, wholeNumber } from '../command-line/index.ts';
import {
  drawFlow,
  drawSvg,
  encodePng,
  type FlowTable,
  fitScaler,
  type NamedFlow,
  nearestFlow,
  PICTURE_SIDE,
  type ScaledFlow,
  type Scaler,
  scaleFlow,
  selectRows,
  takeRows,
} from '../flows/index.ts';
import { BellwetherError, runProcess, writeFileAtomic } from '../platform/index.ts';
import { print, tell } from './hosts.ts';
import { loadTable } from './load-table.ts';

/** Screen pixels per pixel: 32 by 32 alone is a stamp. */
const ZOOM = 10;
/** Benign flows that the nearest one is looked for among. */
const MAX_REFERENCE = 20_000;

interface Flags {
  readonly out: string;
  readonly benign?: string;
  readonly labelColumn?: string;
  readonly row?: readonly string[];
  readonly limit: number;
}

interface Reference {
  readonly scaler: Scaler;
  readonly table: FlowTable;
}

const referenceOf = async (path: string, labelColumn: string | undefined): Promise<Reference> => {
  const { table } = await loadTable({ files: [path], labelColumn }, tell);
  const rows = selectRows(table, (row) => table.families[row] === '');
  if (rows.length < 2)
    throw new BellwetherError('invalid_input', `${path} has ${rows.length} benign flows; at least two are needed to scale by`);
  const stride = Math.ceil(rows.length / MAX_REFERENCE);
  return {
    scaler: fitScaler(table.matrix, rows),
    table: takeRows(
      table,
      rows.filter((_, i) => i % stride === 0),
    ),
  };
};

const named = (table: FlowTable, i: number, flow: ScaledFlow, what = ''): NamedFlow => {
  const { client, service, port } = table.conversations[i]!;
  const family = table.families[i] ? `, ${table.families[i]}` : '';
  return { title: `${what}row ${table.rows[i]}${family}`, subtitle: `${client} to ${service}:${port}`, flow };
};

const writePicture = async (stem: string, flow: ScaledFlow, svg: string): Promise<void> => {
  await writeFileAtomic(`${stem}.png`, [encodePng(drawFlow(flow), PICTURE_SIDE, PICTURE_SIDE, ZOOM)]);
  await writeFileAtomic(`${stem}.svg`, [new TextEncoder().encode(svg)]);
};

const chooseRows = (table: FlowTable, { row, limit }: Flags): number[] => {
  if (!row) return [...selectRows(table, () => true)].slice(0, limit);
  return row.map((text) => {
    const found = table.rows.indexOf(Number(text));
    if (found < 0) throw new BellwetherError('invalid_input', `there is no readable row ${text}`);
    return found;
  });
};

const drawAll = async (file: string, flags: Flags): Promise<void> => {
  const { table } = await loadTable({ files: [file], labelColumn: flags.labelColumn }, tell);
  const { scaler, table: benign } = await referenceOf(flags.benign ?? file, flags.labelColumn);
  const rows = chooseRows(table, flags);
  for (const row of rows) {
    const flow = scaleFlow(scaler, table, row);
    const near = nearestFlow(flow, scaler, benign);
    const svg = drawSvg(scaler, named(table, row, flow), named(benign, near, scaleFlow(scaler, benign, near), 'nearest benign flow, '));
    await writePicture(`${flags.out}/row-${table.rows[row]}`, flow, svg);
  }
  print(`${rows.length} flows drawn in ${flags.out}\n`);
};

/** `FILE:ROW` */
const parsePlace = (text: string): { readonly path: string; readonly row: number } => {
  const [, path, row] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (path === undefined) throw new BellwetherError('invalid_input', `${text} is not FILE:ROW, such as flows.csv:12`);
  return { path, row: Number(row) };
};

const compare = async (a: string, b: string, flags: Flags): Promise<void> => {
  const flows = await Promise.all(
    [a, b].map(async (text) => {
      const { path, row } = parsePlace(text);
      const { table } = await loadTable({ files: [path], labelColumn: flags.labelColumn }, tell);
      const found = table.rows.indexOf(row);
      if (found < 0) throw new BellwetherError('invalid_input', `${path} has no readable row ${row}`);
      return { table, found, path };
    }),
  );
  const { scaler } = await referenceOf(flags.benign ?? flows[0]!.path, flags.labelColumn);
  const [first, second] = flows.map(({ table, found }) => named(table, found, scaleFlow(scaler, table, found)));
  await writePicture(`${flags.out}/compare`, first!.flow, drawSvg(scaler, first!, second!));
  print(`${flags.out}/compare.svg\n`);
};

const common = (command: Command): Command =>
  command
    .requiredOption('--out <dir>', 'folder of the pictures')
    .option('--benign <file>', 'flow file that the scale is fitted on, for all flows alike; its own benign flows where absent')
    .option('--label-column <name>', 'column with the family; other than benign ones are left out of the scale')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file.');

/** `bellwether flows picture`. */
export const pictureFlowsCommand = (): Command =>
  common(
    new Command('picture')
      .description(
        'Draws flows as 32 by 32 pixels (PNG), and beside the nearest benign flow with the differing fields marked and named (SVG).',
      )
      .argument('<file>', 'flow file')
      .option('--row <number>', 'draw this row of the input, from 0; may be given several times', collect)
      .option('--limit <number>', 'without --row: draw the first so many', wholeNumber(1, 10_000), 10),
  ).action((file: string, flags: Flags) => runProcess(() => drawAll(file, flags)));

/** `bellwether flows compare`. */
export const compareFlowsCommand = (): Command =>
  common(
    new Command('compare')
      .description('Draws two flows beside each other, with the fields in which they differ marked and named.')
      .argument('<a>', 'FILE:ROW')
      .argument('<b>', 'FILE:ROW'),
  ).action((a: string, b: string, flags: Flags) => runProcess(() => compare(a, b, flags)));
