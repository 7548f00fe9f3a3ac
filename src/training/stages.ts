import { createHash } from 'node:crypto';
import { type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../platform/index.ts';

/** What a training run does, in this order. Each can be cut off at any point and done again. */
export const STAGES = ['ingest', 'report', 'split', 'features', 'fit', 'evaluate', 'register'] as const;
export type StageName = (typeof STAGES)[number];

const SCHEMA = {
  type: 'array',
  maxItems: STAGES.length,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['stage', 'rows', 'sha256'],
    properties: {
      stage: { enum: STAGES },
      rows: { type: 'integer', minimum: 0 },
      sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    },
  },
} as const;

/** What a stage gave: how many rows, and the hash of its output. */
export type StageRecord = FromSchema<typeof SCHEMA>[number];

const MAX_BYTES = 64 * 1024;
type Output = string | ArrayBufferView;

const hashOf = (outputs: Iterable<Output>): string => {
  const hash = createHash('sha256');
  for (const output of outputs)
    hash.update(typeof output === 'string' ? output : new Uint8Array(output.buffer, output.byteOffset, output.byteLength));
  return hash.digest('hex');
};

const readRecords = async (path: string): Promise<readonly StageRecord[]> => {
  const bytes = await readFileIfPresent(path, { maxBytes: MAX_BYTES });
  if (!bytes) return [];
  try {
    const checked = validate(SCHEMA, JSON.parse(new TextDecoder().decode(bytes)));
    return checked.ok ? checked.value : [];
  } catch {
    // Half a file is no file: everything in it is worked out again anyway.
    return [];
  }
};

export interface Stages {
  /** Books a finished stage. Resolves to false where an earlier try of the same run got another output from it. */
  finish(stage: StageName, rows: number, output: Iterable<Output>): Promise<boolean>;
  readonly done: readonly StageRecord[];
}

/** The stages of a run, kept as `stages.json` in its folder, and told one line each. */
export const openStages = async (folder: string, tell: (line: string) => void): Promise<Stages> => {
  const path = `${folder}/stages.json`;
  const before = await readRecords(path);
  const done: StageRecord[] = [];
  return {
    done,
    finish: async (stage, rows, output) => {
      const sha256 = hashOf(output);
      done.push({ stage, rows, sha256 });
      const earlier = before.find((record) => record.stage === stage);
      const isSame = earlier === undefined || earlier.sha256 === sha256;
      const rest = isSame ? before.slice(done.length) : [];
      await writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify([...done, ...rest], undefined, 2)}\n`)]);
      tell(`stage ${stage}: ${rows} rows, sha256 ${sha256.slice(0, 16)}${isSame ? '' : ', not what an earlier try of this run gave'}`);
      return isSame;
    },
  };
};
