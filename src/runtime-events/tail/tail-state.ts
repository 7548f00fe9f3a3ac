import { BellwetherError, type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../../platform/index.ts';

const TAIL_STATE = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'files'],
  properties: {
    format: { const: 1 },
    files: {
      type: 'array',
      maxItems: 10_000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'offset', 'head', 'skipping'],
        properties: {
          id: { type: 'string', maxLength: 200 },
          offset: { type: 'integer', minimum: 0 },
          head: { type: 'string', maxLength: 200 },
          skipping: { type: 'boolean' },
        },
      },
    },
  },
} as const;

/** How far each file of a folder was read. `head` is what it began with, `skipping`: the place is inside of a line that is too long. */
export type TailState = FromSchema<typeof TAIL_STATE>;
export type TailedFile = TailState['files'][number];

export const NOTHING_READ: TailState = { format: 1, files: [] };

const MAX_BYTES = 4 * 2 ** 20;

/** The state in a file; nothing read where there is none. Rejects with `invalid_input` where the file holds something else. */
export const readTailState = async (path: string): Promise<TailState> => {
  const bytes = await readFileIfPresent(path, { maxBytes: MAX_BYTES });
  if (!bytes) return NOTHING_READ;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is not JSON; without it everything is read and sent again`, error);
  }
  const checked = validate(TAIL_STATE, value);
  if (checked.ok) return checked.value;
  throw new BellwetherError('invalid_input', `${path} is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
};

/** Whole or not at all: a process that is killed in between finds the one before. */
export const writeTailState = (path: string, state: TailState): Promise<void> =>
  writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify(state)}\n`)]);
