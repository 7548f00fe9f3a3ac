import type { PackedSignature } from './signature.ts';

/** One sample that somebody may ask about later. */
export interface Moment {
  readonly seconds: number;
  readonly value: number;
  readonly signature: PackedSignature;
}

/** Alarm samples kept per workload, the newest ones; a workload that needs more is a case for its owner. */
const ALARMS = 32;
/** Quiet moments kept: the most unusual of each hour, for a day. */
const QUIET = 26;
const STRETCH_SECONDS = 3600;
/** Alarm samples within one stretch of ten minutes say the same: its first three and its largest are kept. */
const BURST_SECONDS = 600;
const PER_BURST = 3;

/** What one workload did lately: its alarm samples, and the most unusual of its quiet ones. */
export interface Journal {
  readonly alarms: Moment[];
  readonly quiet: Moment[];
}

export const createJournal = (): Journal => ({ alarms: [], quiet: [] });

/** Whether `bookQuiet` would keep a sample; asked first, as a signature costs more than the question. */
export const wantsQuiet = ({ quiet }: Journal, seconds: number, value: number): boolean => {
  const newest = quiet.at(-1);
  return !newest || Math.floor(seconds / STRETCH_SECONDS) !== Math.floor(newest.seconds / STRETCH_SECONDS) || value > newest.value;
};

/** Keeps a sample that is the most unusual of its stretch so far. */
export const bookQuiet = ({ quiet }: Journal, moment: Moment): void => {
  const newest = quiet.at(-1);
  if (newest && Math.floor(moment.seconds / STRETCH_SECONDS) === Math.floor(newest.seconds / STRETCH_SECONDS)) quiet.pop();
  quiet.push(moment);
  if (quiet.length > QUIET) quiet.shift();
};

/** Keeps an alarm sample. */
export const bookAlarm = ({ alarms }: Journal, moment: Moment): void => {
  const burst = alarms.filter(({ seconds }) => Math.floor(seconds / BURST_SECONDS) === Math.floor(moment.seconds / BURST_SECONDS));
  if (burst.length > PER_BURST) {
    const last = burst.at(-1)!;
    if (moment.value <= last.value) return;
    alarms.splice(alarms.indexOf(last), 1);
  }
  alarms.push(moment);
  if (alarms.length > ALARMS) alarms.shift();
};

/** The moments of a stretch: its alarms, or where there was none, what was most unusual. */
export const momentsOf = ({ alarms, quiet }: Journal, fromSeconds: number, toSeconds: number): readonly Moment[] => {
  const inside = ({ seconds }: Moment): boolean => seconds >= fromSeconds && seconds <= toSeconds;
  const found = alarms.filter(inside);
  return found.length > 0 ? found : quiet.filter(inside);
};
