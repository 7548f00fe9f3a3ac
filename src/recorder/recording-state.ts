import { BellwetherError, type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../platform/index.ts';

// Changes when parts of an older version could not be continued.
const VERSION = 1;
// A window has an entry of about 40 bytes.
const MAX_BYTES = 16 << 20;

const STATE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    version: { const: VERSION },
    asked: {
      type: 'object',
      additionalProperties: { type: 'string' },
    },
    fromMs: { type: 'number' },
    toMs: { type: ['number', 'null'] },
    windows: {
      type: 'array',
      items: {
        type: 'object',
        properties: { endMs: { type: 'number' }, parts: { type: 'integer', minimum: 0 } },
        required: ['endMs', 'parts'],
      },
    },
  },
  required: ['version', 'asked', 'fromMs', 'toMs', 'windows'],
} as const;

/** How far an unfinished recording has come. */
export type RecordingState = FromSchema<typeof STATE_SCHEMA>;

export interface StateStore {
  /** What an earlier run left, undefined where nothing. Rejects with `conflict` where it was asked for something else. */
  load(asked: Readonly<Record<string, string>>): Promise<RecordingState | undefined>;
  save(state: Omit<RecordingState, 'version'>): Promise<void>;
}

export const createStateStore = (path: string): StateStore => ({
  load: async (asked) => {
    const bytes = await readFileIfPresent(path, { maxBytes: MAX_BYTES });
    if (!bytes) return undefined;
    const state = parseState(bytes, path);
    const differing = Object.keys({ ...asked, ...state.asked }).filter((key) => asked[key] !== state.asked[key]);
    if (differing.length === 0) return state;
    const changes = differing.map((key) => `${key} was ${state.asked[key] ?? 'not given'} and is ${asked[key] ?? 'not given'}`);
    throw new BellwetherError(
      'conflict',
      `${path} is an unfinished recording of something else: ${changes.join('; ')}. Give another --name, or --restart to throw it away`,
    );
  },
  save: (state) => writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify({ version: VERSION, ...state })}\n`)]),
});

const parseState = (bytes: Uint8Array, path: string): RecordingState => {
  try {
    const checked = validate(STATE_SCHEMA, JSON.parse(new TextDecoder().decode(bytes)));
    if (checked.ok) return checked.value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BellwetherError(
    'conflict',
    `${path} cannot be continued: it is damaged or of another version. Give --restart to throw it away`,
  );
};
