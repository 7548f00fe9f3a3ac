import type { RuntimeEvent } from '../runtime-event.ts';
import type { ProcessNode } from './process-tree.ts';

export const EVENT_COLUMNS = [
  'time',
  'source',
  'type',
  'node',
  'namespace',
  'pod',
  'container',
  'workload',
  'workloadKind',
  'subject',
  'detail',
  'policy',
  'action',
  'pid',
  'uid',
  'count',
  'execId',
  'parentExecId',
  'id',
] as const;

// A spreadsheet takes a cell that begins so for a formula.
const FORMULA = /^[=+\-@\t\r]/;
const cell = (value: string | number | null): string => {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Head line of the CSV form (RFC 4180). */
export const EVENT_CSV_HEAD = `${EVENT_COLUMNS.join(',')}\r\n`;

export const eventCsvLine = (event: RuntimeEvent): string => `${EVENT_COLUMNS.map((column) => cell(event[column])).join(',')}\r\n`;

// What a process was called with is written by whoever attacks: no terminal may take it for a command, and no line for two.
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
export const printable = (text: string): string =>
  text.replace(CONTROL, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

const placeOf = ({ namespace, pod, workload, node }: RuntimeEvent): string => (namespace === '' ? node : `${namespace}/${pod || workload}`);

/** One event as one line for a terminal. */
export const eventLine = (event: RuntimeEvent): string => {
  const policy = event.policy === '' ? '' : ` [${event.policy}${event.action === '' ? '' : ` ${event.action}`}]`;
  const times = event.count > 1 ? ` (x${event.count})` : '';
  return printable(`${event.time} ${event.type.padEnd(8)} ${placeOf(event)} ${event.subject} ${event.detail}${policy}${times}`.trimEnd());
};

/** A tree with a line per process, and the policies it reached below it. */
export const treeLines = (nodes: readonly ProcessNode[], indent = ''): readonly string[] =>
  nodes.flatMap((node) => [
    printable(
      `${indent}${node.binary} ${node.arguments}`.trimEnd() +
        `  (pid ${node.pid ?? '?'}, ${node.namespace === '' ? 'node' : `${node.namespace}/${node.pod}`}${node.started === '' ? '' : `, ${node.started}`}${node.endedBy === '' ? '' : `, ended: ${node.endedBy}`})`,
    ),
    ...node.hits.map(({ policy, detail, action }) => printable(`${indent}  ! ${policy}: ${detail}${action === '' ? '' : ` (${action})`}`)),
    ...treeLines(node.children, `${indent}  `),
  ]);
