import { type Clock, describeError, type FileState, fileState, listFiles, readFrom } from '../../platform/index.ts';
import type { Flow, FlowProblem } from '../record/flow.ts';
import { createFlowReader } from '../record/flow-reader.ts';
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

const FLOW_FILE = /\.csv(\.\d+)?$/i;
const PIECE = 1 << 20;
/** Pieces of one file before the others have their turn. */
const PIECES_PER_TURN = 16;

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

  const readPiece = async (path: string, name: string, id: string): Promise<boolean> => {
    const at: FollowedFile = known.get(id) ?? { id, name, offset: 0, rows: 0, header: [] };
    const bytes = await deps.readFrom(path, at.offset, PIECE);
    const end = bytes.lastIndexOf(10) + 1;
    // A line longer than a piece: all of it is consumed, the reader says that it is too long.
    const whole = end > 0 ? bytes.subarray(0, end) : bytes.length === PIECE ? bytes : bytes.subarray(0, 0);
    if (whole.length === 0) return false;
    const resume = at.header.length > 0 ? { header: at.header, rows: at.rows } : undefined;
    const reader = createFlowReader(resume ? { resume } : {}, {
      flow: (flow) => sink.flow({ file: name, flow }),
      problem: (problem) => sink.problem(name, problem),
    });
    reader.push(whole);
    if (end === 0) reader.end();
    known.set(id, { id, name, offset: at.offset + whole.length, rows: reader.rows, header: [...(reader.header?.columns ?? [])] });
    return true;
  };

  const readFile = async (name: string): Promise<boolean> => {
    const path = `${options.folder}/${name}`;
    const now = await deps.fileState(path);
    if (!now || refused.has(now.id)) return false;
    const before = known.get(now.id);
    if (before && now.bytes < before.offset) {
      deps.tell(`${name} became shorter: it is read again from its start`);
      known.delete(now.id);
    }
    let isNew = false;
    try {
      for (let piece = 0; piece < PIECES_PER_TURN && !signal.aborted && (await readPiece(path, name, now.id)); piece++) {
        isNew = true;
        await sink.commit([...known.values()]);
      }
    } catch (error) {
      // Another file under this identity, or no flow file at all: told once.
      refused.add(now.id);
      deps.tell(`${name} is left out: ${describeError(error)}`);
    }
    return isNew;
  };

  while (!signal.aborted) {
    let isNew = false;
    // Older files first: rotation numbers count backwards.
    const names = (await deps.listFiles(options.folder)).filter((name) => FLOW_FILE.test(name)).reverse();
    for (const name of names) if (await readFile(name)) isNew = true;
    if (isNew) continue;
    if (options.isOnce) return;
    await deps.clock.sleep(options.intervalMs, signal);
  }
};
