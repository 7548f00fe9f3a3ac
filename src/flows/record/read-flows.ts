import { BellwetherError, fileError, openReadStream } from '../../platform/index.ts';
import type { Flow, FlowProblem } from './flow.ts';
import { createFlowReader, type FlowReader } from './flow-reader.ts';

export interface ReadFlowsSink {
  flow(flow: Flow): void;
  problem(problem: FlowProblem): void;
  /** Called after each piece of the file, before the next is read: the time to write what came out of it. */
  drain?(reader: FlowReader): Promise<void> | void;
}

/**
 * Reads a flow file, `.csv` or `.csv.gz`, piece by piece; memory does not grow with it. A file that breaks off (a cut download, a damaged gzip) is a problem at the
 * line where it broke, after everything before it was read. Rejects with `not_found`, `forbidden`, `invalid_input`.
 */
export const readFlows = async (path: string, textColumns: readonly string[], sink: ReadFlowsSink): Promise<FlowReader> => {
  const reader = createFlowReader({ textColumns }, sink);
  try {
    for await (const chunk of openReadStream(path)) {
      reader.push(chunk as Buffer);
      await sink.drain?.(reader);
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Errors of zlib have codes of their own; those of the file system are no matter of a row.
    if (error instanceof BellwetherError)
      throw error.code === 'invalid_input' ? new BellwetherError(error.code, `${path}: ${error.message}`, error) : error;
    if (!code.startsWith('Z_') || !reader.header) throw fileError('read', path, error);
    sink.problem({ line: reader.rows + 2, reason: `the compressed file breaks off here (${code})` });
  }
  try {
    reader.end();
  } catch (error) {
    throw error instanceof BellwetherError ? new BellwetherError(error.code, `${path}: ${error.message}`, error) : error;
  }
  await sink.drain?.(reader);
  return reader;
};
