import { type Clock, describeError, type FileState, fileState, listFiles, readFrom } from '../../platform/index.ts';
import type { Flow, FlowProblem } from '../record/flow.ts';
import { createFlowReader } from '../record/flow-reader.ts';
import { describeAbsent } from '../record/header.ts';
import type { FollowedFile, FollowState } from './follow-state.ts';

export interface FollowDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly listFiles: typeof listFiles;
  readonly fileState: (path: string) => Promise<FileState | undefined>;
  readonly readFrom: typeof readFrom;
  readonly tell: (line: string) => void;
}

export const FOLLOW_DEPS = { listFiles, fileState, readFrom } as const;

export interface FollowedFlow {
  readonly file: string;
  readonly flow: Flow;
}

export interface FollowSink {
  flow(flow: FollowedFlow): void;
  problem(file: string, problem: FlowProblem): void;
  /** Called with the state that holds once all flows so far are written; writing them and it is one step. */
  commit(files: readonly FollowedFile[]): Promise<void>;
}

export interface FollowOptions {
  readonly folder: string;
  readonly intervalMs: number;
  /** Ends after a round that found nothing new. */
  readonly isOnce?: boolean;
}

// A name, and the number that rotation gave it.
const FLOW_FILE = /^(.*\.csv)(?:\.(\d+))?$/i;
const PIECE = 1 << 20;
const NEWLINE = 10;
/** Pieces of one file before the others have their turn. */
const PIECES_PER_TURN = 16;
/** Beyond so many, files that are gone are forgotten: a year of rotation each minute would else be carried along. */
const MOST_KNOWN = 10_000;

/** Flow files among names, older ones first: by name, and of one name the highest rotation number first. */
export const flowFilesInOrder = (names: readonly string[]): string[] => {
  const found = names.flatMap((name) => {
    const parts = FLOW_FILE.exec(name);
    return parts ? [{ name, base: parts[1]!, age: Number(parts[2] ?? -1) }] : [];
  });
  return found.sort((one, two) => (one.base === two.base ? two.age - one.age : one.base < two.base ? -1 : 1)).map(({ name }) => name);
};

/**
 * Reads what is new in the `.csv` files of a folder, and in rotated ones (`flows.csv.1`), round after round. A file is known by its identity and not by its name, so
 * that a renamed one is read to its end and a new one from its start. The last line waits until it has an end. A compressed file has been rotated before and is left alone.
 */
export const followFolder = async (
  deps: FollowDeps,
  options: FollowOptions,
  state: FollowState,
  sink: FollowSink,
  signal: AbortSignal,
): Promise<void> => {
  const known = new Map(state.files.map((file) => [file.id, file]));
  const refused = new Set<string>();

  /** The next piece of a file that ends with a line; false where there is none. */
  const readPiece = async (path: string, name: string, id: string): Promise<boolean> => {
    const at: FollowedFile = known.get(id) ?? { id, name, offset: 0, rows: 0, header: [] };
    const bytes = await deps.readFrom(path, at.offset, PIECE);
    const isFull = bytes.length === PIECE;
    if (at.isInLongLine) {
      const end = bytes.indexOf(NEWLINE) + 1;
      if (bytes.length === 0) return false;
      const { isInLongLine: _, ...rest } = at;
      known.set(id, { ...(end === 0 ? at : rest), name, offset: at.offset + (end > 0 ? end : bytes.length) });
      return true;
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    // A line longer than a piece: the reader says that it is too long, and its rest is passed over.
    const whole = end > 0 ? bytes.subarray(0, end) : isFull ? bytes : bytes.subarray(0, 0);
    if (whole.length === 0) return false;
    const resume = at.header.length > 0 ? { header: at.header, rows: at.rows } : undefined;
    const reader = createFlowReader(resume ? { resume } : {}, {
      flow: (flow) => sink.flow({ file: name, flow }),
      problem: (problem) => sink.problem(name, problem),
    });
    try {
      reader.push(whole);
      if (end === 0) reader.end();
    } catch (error) {
      refused.add(id);
      deps.tell(`${name} is left out: ${describeError(error)}`);
      return false;
    }
    if (!resume && reader.header) for (const note of describeAbsent(reader.header)) deps.tell(`${name}: ${note}`);
    const header = [...(reader.header?.columns ?? [])];
    const longLine = end === 0 ? { isInLongLine: true } : {};
    known.set(id, { id, name, offset: at.offset + whole.length, rows: reader.rows, header, ...longLine });
    return true;
  };

  const readFile = async (name: string, present: Set<string>): Promise<boolean> => {
    const path = `${options.folder}/${name}`;
    let isNew = false;
    let now: FileState | undefined;
    try {
      now = await deps.fileState(path);
      if (!now) return false;
      present.add(now.id);
      if (refused.has(now.id)) return false;
      const before = known.get(now.id);
      if (before && now.bytes < before.offset) {
        deps.tell(`${name} became shorter: it is read again from its start`);
        known.delete(now.id);
      }
    } catch (error) {
      deps.tell(`${name} cannot be read now: ${describeError(error)}`);
      return false;
    }
    const next = async (id: string): Promise<boolean> => {
      try {
        return await readPiece(path, name, id);
      } catch (error) {
        // Taken away in the meantime, or no right to it: the next round asks again.
        deps.tell(`${name} cannot be read now: ${describeError(error)}`);
        return false;
      }
    };
    for (let piece = 0; piece < PIECES_PER_TURN && !signal.aborted && (await next(now.id)); piece++) {
      isNew = true;
      // What cannot be written ends it all: going on would pass over flows that nobody has.
      await sink.commit([...known.values()]);
    }
    return isNew;
  };

  while (!signal.aborted) {
    let isNew = false;
    const present = new Set<string>();
    for (const name of flowFilesInOrder(await deps.listFiles(options.folder))) if (await readFile(name, present)) isNew = true;
    if (known.size > MOST_KNOWN) for (const id of known.keys()) if (!present.has(id)) known.delete(id);
    if (isNew) continue;
    if (options.isOnce) return;
    await deps.clock.sleep(options.intervalMs, signal);
  }
};
