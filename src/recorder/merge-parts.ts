import type { Labels } from '../conventions/index.ts';
import { writeFileAtomic } from '../platform/index.ts';
import { END_OF_TEXT, formatFamily } from './exposition-text.ts';
import { type Block, compress, readPart, writePart } from './part-file.ts';
import { compareText } from './sample-buffer.ts';

/** One open file and one block in memory per part. */
const MERGE_WIDTH = 128;

/** What a finished recording holds. */
export interface RecordingContent {
  readonly samples: number;
  readonly series: number;
  readonly families: number;
  /** One set of labels per pod, or per workload without pods. */
  readonly units: readonly Labels[];
}

/**
 * Merges parts, which are in rising order of time, into one sequence of blocks in the order of a recording: by family, series and time.
 */
export async function* mergeParts(paths: readonly string[]): AsyncGenerator<Block> {
  const open = await Promise.all(
    paths.map(async (path) => {
      const blocks = readPart(path);
      return { blocks, head: (await blocks.next()).value as Block | undefined };
    }),
  );
  for (;;) {
    // Ties go to the earlier part, whose samples are older.
    let first: (typeof open)[number] | undefined;
    for (const part of open) if (part.head && (!first?.head || compareBlocks(part.head, first.head) < 0)) first = part;
    if (!first?.head) return;
    yield first.head;
    first.head = (await first.blocks.next()).value as Block | undefined;
  }
}

const compareBlocks = (a: Block, b: Block): number => compareText(a.family, b.family) || compareText(a.text, b.text);

/** Narrows many parts down to at most `width`, in new files that `name` gives paths for. The result does not depend on how often it was narrowed. */
export const narrowParts = async (
  paths: readonly string[],
  name: (index: number) => string,
  width = MERGE_WIDTH,
): Promise<readonly string[]> => {
  let left = paths;
  for (let made = 0; left.length > width; made++) {
    const merged = name(made);
    await writePart(merged, mergeParts(left.slice(0, width)));
    left = [merged, ...left.slice(width)];
  }
  return left;
};

/** Writes the parts as one OpenMetrics text, gzip, whole or not at all. */
export const writeRecording = async (
  path: string,
  parts: readonly string[],
  helpOf: (family: string) => string,
): Promise<RecordingContent> => {
  const content = { samples: 0, series: 0, families: 0, units: new Map<string, Labels>() };
  const encoder = new TextEncoder();
  const text = async function* (): AsyncGenerator<Uint8Array> {
    let family: string | undefined;
    let series: string | undefined;
    for await (const block of mergeParts(parts)) {
      if (block.family !== family) {
        family = block.family;
        series = undefined;
        content.families++;
        yield encoder.encode(formatFamily(family, helpOf(family)));
      }
      if (block.text !== series) {
        series = block.text;
        content.series++;
        content.units.set(series, block.labels);
      }
      content.samples += block.samples;
      yield block.lines;
    }
    yield encoder.encode(END_OF_TEXT);
  };
  await writeFileAtomic(path, compress(text()));
  return { ...content, units: [...content.units].sort(([a], [b]) => compareText(a, b)).map(([, labels]) => labels) };
};
