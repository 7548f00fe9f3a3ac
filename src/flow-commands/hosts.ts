import type { OpenSession } from '../flows/index.ts';
import { createModelSession, spawnSessionThread } from '../learning/index.ts';
import { systemClock } from '../platform/index.ts';

/** A training step takes milliseconds, on a machine at its limit seconds. */
const SESSION = { threads: 1, maxQueue: 4, timeoutMs: 60_000 } as const;

/** Sessions of the real runtime, each in a thread of its own. */
export const openSession: OpenSession = (model) =>
  createModelSession({ clock: systemClock, spawn: spawnSessionThread }, { model, ...SESSION });

/** Notes for people: the result of a command goes to standard output, all else here. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);
export const print = (text: string): void => void process.stdout.write(text);
