import { type Random, seededRandom } from '../../platform/index.ts';
import { type AuditFinding, type AuditTable, balancedAccuracy, chanceLimit } from './audit-table.ts';
import { nearestRows, type ScaledRows } from './nearest-row.ts';

/** Share of judged rows that may be copies of learned ones where values are continuous. */
const MOST_COPIES = 0.01;
/** A value seen so often among the learned rows is a state, not a measurement; a copy of a copy is still one. */
const RARE = 4;
/** Rows with fewer rare values agree by chance. */
const LEAST_RARE = 3;
/** A row this near to the line between two others of its class was made out of them. */
const ON_LINE = 1e-6;
const LINE_NEIGHBOURS = 5;
const MOST_MADE = 0.05;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const labelsOf = ({ labels }: AuditTable, rows: readonly number[]): number[] => rows.map((row) => labels[row]!);

/** The place of the time nearest to `time`; times rise. */
const nearestTime = (times: readonly number[], time: number): number => {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && Math.abs(times[low - 1]! - time) < Math.abs(times[low]! - time) ? low - 1 : low;
};

/** The class of the entity's learned row that is nearest in time; where there is none, of anybody's. */
export const probeTime = (table: AuditTable, learned: readonly number[], judged: readonly number[]): AuditFinding[] => {
  const order = [...learned].sort((a, b) => table.times[a]! - table.times[b]!);
  const byId = new Map<number, number[]>();
  for (const row of order) {
    const own = byId.get(table.ids[row]!);
    if (own) own.push(row);
    else byId.set(table.ids[row]!, [row]);
  }
  const timesOf = (rows: readonly number[]): number[] => rows.map((row) => table.times[row]!);
  const everyTime = timesOf(order);
  const timesById = new Map([...byId].map(([id, own]) => [id, timesOf(own)]));
  const given = judged.map((row) => {
    const id = table.ids[row]!;
    return table.labels[(byId.get(id) ?? order)[nearestTime(timesById.get(id) ?? everyTime, table.times[row]!)]!]!;
  });
  return tell('time-only', 'time alone tells the class', labelsOf(table, judged), given);
};

/** The usual class of the row's entity. */
export const probeId = (table: AuditTable, learned: readonly number[], judged: readonly number[]): AuditFinding[] => {
  const votes = new Map<number, Map<number, number>>();
  const weights = new Map<number, number>();
  for (const row of learned) weights.set(table.labels[row]!, (weights.get(table.labels[row]!) ?? 0) + 1);
  for (const row of learned) {
    const counts = votes.get(table.ids[row]!) ?? new Map<number, number>();
    const label = table.labels[row]!;
    // Over the class's size: a rare class has a say where it is commoner than elsewhere.
    counts.set(label, (counts.get(label) ?? 0) + 1 / weights.get(label)!);
    votes.set(table.ids[row]!, counts);
  }
  const given = judged.map((row) => [...(votes.get(table.ids[row]!) ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0] ?? -1);
  return votes.size < 2 ? [] : tell('id-only', 'the entity alone tells the class', labelsOf(table, judged), given);
};

/** What a probe that sees no metric may reach over chance before it is told: half of the way to certainty. */
const BLIND = 0.5;

const tell = (check: AuditFinding['check'], what: string, truth: readonly number[], given: readonly number[]): AuditFinding[] => {
  const classes = new Set(truth).size;
  if (classes < 2) return [];
  const accuracy = balancedAccuracy(truth, given);
  const limit = Math.max(chanceLimit(truth), 1 / classes + BLIND * (1 - 1 / classes));
  return accuracy <= limit ? [] : [{ check, text: `${what}: ${percent(accuracy)} balanced accuracy, at most ${percent(limit)} expected` }];
};

/** A row as text that only equal rows share. */
const textOf = ({ columns, values }: AuditTable, row: number): string =>
  values.subarray(row * columns.length, (row + 1) * columns.length).join();

/** Values that are rare among the learned rows, by column: only these can tell a copy from a state that comes back. */
const rareValues = (table: AuditTable, learned: readonly number[]): ((row: number) => number) => {
  const width = table.columns.length;
  const counts = table.columns.map(() => new Map<number, number>());
  for (const row of learned)
    for (const [k, count] of counts.entries()) {
      const value = table.values[row * width + k]!;
      count.set(value, (count.get(value) ?? 0) + 1);
    }
  return (row) =>
    counts.filter((count, k) => {
      const value = table.values[row * width + k]!;
      return Number.isFinite(value) && (count.get(value) ?? 0) <= RARE;
    }).length;
};

/** Judged rows that are copies of learned ones. */
export const findCopies = (table: AuditTable, learned: readonly number[], judged: readonly number[]): AuditFinding[] => {
  const known = new Set(learned.map((row) => textOf(table, row)));
  const rareIn = rareValues(table, learned);
  const telling = judged.filter((row) => rareIn(row) >= LEAST_RARE);
  const share = telling.filter((row) => known.has(textOf(table, row))).length / Math.max(1, telling.length);
  return share <= MOST_COPIES ? [] : [{ check: 'duplicates', text: `${percent(share)} of the judged rows are copies of learned ones` }];
};

/** Judged rows on a line between two learned ones of their class, as over-sampling before the split makes them. */
export const findMadeRows = (table: AuditTable, learned: ScaledRows, judged: ScaledRows): AuditFinding[] => {
  const rareIn = rareValues(table, learned.rows);
  const nearest = nearestRows(judged, learned, LINE_NEIGHBOURS);
  const counts = new Map<number, { rows: number; made: number }>();
  for (const [i, row] of judged.rows.entries()) {
    // With one or two values to go by, every row lies between two others.
    if (rareIn(row) < LEAST_RARE) continue;
    const count = counts.get(table.labels[row]!) ?? { rows: 0, made: 0 };
    count.rows++;
    const near = nearest[i]!.map(({ at }) => at);
    if (isMade(table, learned, judged, row, i, near)) count.made++;
    counts.set(table.labels[row]!, count);
  }
  return [...counts].flatMap(([label, { rows, made }]) =>
    made <= MOST_MADE * rows
      ? []
      : [
          {
            check: 'resampled' as const,
            text: `${percent(made / rows)} of the judged rows of class ${label} lie on a line between two learned ones: rows were made before the split`,
          },
        ],
  );
};

const isMade = (table: AuditTable, learned: ScaledRows, judged: ScaledRows, row: number, at: number, near: readonly number[]): boolean => {
  const { width } = judged;
  const own = near.filter((place) => table.labels[learned.rows[place]!] === table.labels[row]);
  return own.some((a, i) =>
    own.slice(i + 1).some((b) => {
      let [along, length, off] = [0, 0, 0];
      for (let k = 0; k < width; k++) {
        const line = learned.values[b * width + k]! - learned.values[a * width + k]!;
        along += line * (judged.values[at * width + k]! - learned.values[a * width + k]!);
        length += line * line;
      }
      if (length === 0) return false;
      const share = along / length;
      for (let k = 0; k < width; k++) {
        const line = learned.values[b * width + k]! - learned.values[a * width + k]!;
        off += (judged.values[at * width + k]! - learned.values[a * width + k]! - share * line) ** 2;
      }
      return share > 0 && share < 1 && off <= ON_LINE * length;
    }),
  );
};

/** Stretches of one class of one entity, in time. */
const episodesOf = (table: AuditTable, rows: readonly number[]): Map<number, number> => {
  const order = [...rows].sort((a, b) => table.ids[a]! - table.ids[b]! || table.times[a]! - table.times[b]!);
  const episodes = new Map<number, number>();
  let episode = -1;
  for (const [i, row] of order.entries()) {
    const before = order[i - 1];
    if (before === undefined || table.ids[before] !== table.ids[row] || table.labels[before] !== table.labels[row]) episode++;
    episodes.set(row, episode);
  }
  return episodes;
};

const PLACEBO_DRAWS = 5;

/** With a random class for each stretch, nothing can be learned, unless judged rows are recognised as the neighbours of learned ones. */
export const probePlacebo = (table: AuditTable, learned: ScaledRows, judged: ScaledRows, seed: number): AuditFinding[] => {
  const episodes = episodesOf(table, [...learned.rows, ...judged.rows]);
  const shared = new Set(learned.rows.map((row) => episodes.get(row)));
  const inside = judged.rows.filter((row) => shared.has(episodes.get(row))).length;
  // A split by time cuts at most one stretch of each entity in two.
  if (inside < judged.rows.length / 2) return [];
  const random: Random = seededRandom(seed);
  const nearest = nearestRows(judged, learned, 1).map(([first]) => learned.rows[first!.at]!);
  let [sum, limit] = [0, 0];
  for (let draw = 0; draw < PLACEBO_DRAWS; draw++) {
    const classes = new Map([...new Set(episodes.values())].map((episode) => [episode, random() < 0.5 ? 0 : 1]));
    const of = (row: number): number => classes.get(episodes.get(row)!)!;
    const truth = judged.rows.map(of);
    sum += balancedAccuracy(truth, nearest.map(of)) / PLACEBO_DRAWS;
    limit += Math.max(chanceLimit(truth), PLACEBO_LIMIT) / PLACEBO_DRAWS;
  }
  return sum <= limit
    ? []
    : [
        {
          check: 'placebo',
          text: `random classes for each stretch of time can be learned: ${percent(sum)}, at most ${percent(limit)} expected; rows of one stretch are on both sides of the split`,
        },
      ];
};

/** Stretches are few, so that neighbours agree by chance now and then. */
const PLACEBO_LIMIT = 0.7;
