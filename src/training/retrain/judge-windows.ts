import type { ScoredRecording } from '../../evaluation/index.ts';
import type { VerdictWindow, VerdictWindows } from './verdict-windows.ts';

type ScoreLog = ScoredRecording['log'];

const HOUR = 3600;
/** An alarm this soon after a stretch still belongs to it, as for recordings. */
const MARGIN_SECONDS = 300;

/** What a model makes of the stretches that people spoke of, and of the rest. */
export interface WindowFigures {
  /** Ids of confirmed and missed stretches that could be judged, and of those at which it alarms. */
  readonly real: ReadonlySet<string>;
  readonly found: ReadonlySet<string>;
  readonly harmless: ReadonlySet<string>;
  readonly alarmed: ReadonlySet<string>;
  /** Started hours of alarm in time that nobody spoke of. */
  readonly otherHours: number;
}

const isIn = ({ fromSeconds, toSeconds }: VerdictWindow, seconds: number): boolean =>
  seconds >= fromSeconds && seconds <= toSeconds + MARGIN_SECONDS;

const judge = (log: ScoreLog, windows: readonly VerdictWindow[], sinceSeconds: number) => {
  const [judged, alarmed] = [new Set<string>(), new Set<string>()];
  for (const window of windows) {
    if (window.toSeconds < sinceSeconds) continue;
    const entity = log.get(window);
    if (!entity) continue;
    for (let i = 0; i < entity.times.length; i++) {
      if (entity.ready[i] !== 1 || !isIn(window, entity.times[i]!)) continue;
      judged.add(window.id);
      if (entity.scores[i]! >= 1) alarmed.add(window.id);
    }
  }
  return { judged, alarmed };
};

/** Judges scores from `sinceSeconds` on. Stretches of workloads that were not scored then are left out. */
export const judgeWindows = (log: ScoreLog, windows: VerdictWindows, sinceSeconds: number): WindowFigures => {
  const [real, harmless] = [judge(log, windows.real, sinceSeconds), judge(log, windows.harmless, sinceSeconds)];
  let otherHours = 0;
  for (const { name, times, scores } of log.entities()) {
    const spoken = [...windows.real, ...windows.harmless, ...windows.masked].filter(
      (window) => window.namespace === name.namespace && window.workload === name.workload,
    );
    let openUntil = sinceSeconds;
    for (let i = 0; i < times.length; i++) {
      const seconds = times[i]!;
      if (!(scores[i]! >= 1) || seconds < openUntil || spoken.some((window) => isIn(window, seconds))) continue;
      otherHours++;
      openUntil = seconds + HOUR;
    }
  }
  return { real: real.judged, found: real.alarmed, harmless: harmless.judged, alarmed: harmless.alarmed, otherHours };
};
