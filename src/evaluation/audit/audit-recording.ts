import type { WorkloadSeries } from '../detectors/series-detector.ts';
import type { EventsFile } from '../events-file.ts';
import { maskOf } from '../metrics/spans.ts';
import { audit } from './audit.ts';
import type { AuditTable, AuditVerdict } from './audit-table.ts';

/** A month of a large cluster must not be copied; what leaks shows in these. Frames in events are all kept. */
const MOST_FRAMES = 20_000;

/** The data of a recording as a table: a row for each frame after the training span, a column for each metric of any workload, the later half to judge by. */
export const auditTableOf = (series: readonly WorkloadSeries[], events: EventsFile): AuditTable => {
  const columns = [...new Set(series.flatMap(({ features }) => features.map(({ name }) => name)))];
  const placeOf = new Map(columns.map((name, i) => [name, i]));
  const times: number[] = [];
  const ids: number[] = [];
  const labels: number[] = [];
  const cells: number[] = [];
  const names = new Map<string, number>();
  const every = Math.max(1, Math.ceil(series.reduce((sum, { timesMs }) => sum + timesMs.length, 0) / MOST_FRAMES));
  for (const { name, features, timesMs, values } of series) {
    const isOwn = (each: { readonly namespace: string; readonly workload: string }): boolean =>
      each.namespace === name.namespace && each.workload === name.workload;
    const key = `${name.namespace}/${name.workload}`;
    const id = names.get(key) ?? names.size;
    names.set(key, id);
    const cleanUntil = events.entities.find(isOwn)?.cleanUntil ?? events.cleanUntil ?? Number.NEGATIVE_INFINITY;
    const seconds = timesMs.map((timeMs) => timeMs / 1000);
    const inEvent = maskOf(seconds, events.events.filter(isOwn));
    const places = features.map((feature) => placeOf.get(feature.name)!);
    for (const [i, time] of seconds.entries()) {
      if (time < cleanUntil || (i % every !== 0 && !inEvent[i])) continue;
      times.push(time);
      ids.push(id);
      labels.push(inEvent[i]!);
      const from = cells.length;
      for (let k = 0; k < columns.length; k++) cells.push(Number.NaN);
      for (const [m, place] of places.entries()) cells[from + place] = values[i * features.length + m]!;
    }
  }
  const middle = [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
  return {
    columns,
    values: Float64Array.from(cells),
    times: Float64Array.from(times),
    ids: Int32Array.from(ids),
    labels: Int32Array.from(labels),
    isTest: Uint8Array.from(times, (time) => (time >= middle ? 1 : 0)),
  };
};

/** Audits recordings one by one; findings name theirs where there are several. */
export const joinVerdicts = (verdicts: readonly { readonly name: string; readonly verdict: AuditVerdict }[]): AuditVerdict => {
  const judged = verdicts.filter(({ verdict }) => verdict.skipped === undefined);
  const total = (of: (verdict: AuditVerdict) => number): number => judged.reduce((sum, { verdict }) => sum + of(verdict), 0);
  return {
    isClean: verdicts.every(({ verdict }) => verdict.isClean),
    findings: verdicts.flatMap(({ name, verdict }) =>
      verdict.findings.map(({ check, text }) => ({ check, text: verdicts.length > 1 ? `${name}: ${text}` : text })),
    ),
    rows: { learned: total(({ rows }) => rows.learned), judged: total(({ rows }) => rows.judged) },
    skipped: judged.length > 0 ? undefined : verdicts[0]?.verdict.skipped,
  };
};

export const auditRecording = (series: readonly WorkloadSeries[], events: EventsFile): AuditVerdict => audit(auditTableOf(series, events));
