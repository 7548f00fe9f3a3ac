import type { LoggedEntity } from './score-log.ts';

const HEADER = 'time,namespace,workload,score,ready,margin';
const ROWS_PER_CHUNK = 4096;
// Fields that need quotes (RFC 4180).
const SPECIAL = /[",\r\n]/;

const field = (text: string): string => (SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const number = (value: number): string => (Number.isFinite(value) ? String(value) : '');

/** Kinds of an entity's rows, in their order. */
export type KindsOf = (name: LoggedEntity['name']) => readonly string[] | undefined;

/** CSV of scores, entity after entity: unix seconds, shortest digits that give the same double back, empty where there is no number. With kinds, a further column `kind`. */
export function* formatScores(entities: Iterable<LoggedEntity>, kindsOf?: KindsOf): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(`${HEADER}${kindsOf ? ',kind' : ''}\n`);
  for (const { name, times, scores, ready, margins } of entities) {
    const kinds = kindsOf?.(name);
    const labels = `${field(name.namespace)},${field(name.workload)}`;
    for (let from = 0; from < times.length; from += ROWS_PER_CHUNK) {
      let text = '';
      for (let i = from; i < Math.min(from + ROWS_PER_CHUNK, times.length); i++) {
        text += `${times[i]},${labels},${number(scores[i]!)},${ready[i]},${number(margins[i]!)}${kindsOf ? `,${field(kinds?.[i] ?? '')}` : ''}\n`;
      }
      yield encoder.encode(text);
    }
  }
}
