import { BellwetherError, fileError } from '../platform/index.ts';
import type { Recording } from './recording.ts';
import { createSeriesCollector, type LineProblem } from './series-collector.ts';

export interface OpenMetricsReaderOptions {
  /** Named in errors. */
  readonly file: string;
  /** More samples than this are refused: 16 bytes of memory each. */
  readonly maxSamples?: number;
  /** Told the number of uncompressed bytes now and then. */
  readonly onProgress?: (bytes: number) => void;
}

const DEFAULT_MAX_SAMPLES = 50_000_000;
// A line of 1 MiB has thousands of labels: it is another kind of file.
const MAX_LINE_BYTES = 1 << 20;
const NEWLINE = 10;

/**
 * Reads OpenMetrics text (1.0, https://prometheus.io/docs/specs/om/open_metrics_spec/) whose every sample has a timestamp, chunk by chunk.
 * Rejects with BellwetherError invalid_input, which names file, line and column; too_large past `maxSamples`.
 */
export const readOpenMetrics = async (chunks: AsyncIterable<Uint8Array>, options: OpenMetricsReaderOptions): Promise<Recording> => {
  const { file, maxSamples = DEFAULT_MAX_SAMPLES } = options;
  const collector = createSeriesCollector();
  let carry: Uint8Array = new Uint8Array(0);
  let line = 0;
  let bytes = 0;

  const fail = (problem: LineProblem): never => {
    throw new BellwetherError('invalid_input', `${file}:${line}:${problem.column}: ${problem.message}`);
  };
  const take = (buffer: Uint8Array, from: number, to: number): void => {
    line++;
    const problem = collector.addLine(buffer, from, to);
    if (problem) fail(problem);
  };

  for await (const chunk of readable(chunks, file)) {
    const buffer = carry.length === 0 ? chunk : concat(carry, chunk);
    let from = 0;
    for (let to = buffer.indexOf(NEWLINE); to >= 0; to = buffer.indexOf(NEWLINE, from)) {
      take(buffer, from, to);
      from = to + 1;
    }
    if (collector.samples > maxSamples) throw new BellwetherError('too_large', `${file}: more than ${maxSamples} samples`);
    if (buffer.length - from > MAX_LINE_BYTES) {
      line++;
      fail({ column: 1, message: `line longer than ${MAX_LINE_BYTES} bytes` });
    }
    carry = buffer.slice(from);
    bytes += chunk.length;
    options.onProgress?.(bytes);
  }
  if (carry.length > 0) take(carry, 0, carry.length);
  if (!collector.ended) {
    line++;
    fail({ column: 1, message: 'the file ends without "# EOF": it is cut off' });
  }
  return collector.recording();
};

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
};

/** The chunks; what the stream throws (no such file, damaged gzip) names the file. */
async function* readable(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    const known = fileError('read', file, error);
    throw known.code === 'internal'
      ? new BellwetherError('invalid_input', `${file}: ${error instanceof Error ? error.message : String(error)}`, error)
      : known;
  }
}
