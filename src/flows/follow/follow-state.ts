import { BellwetherError, type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../../platform/index.ts';

const STATE = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'outputBytes', 'files'],
  properties: {
    format: { const: 1 },
    outputBytes: { type: 'integer', minimum: 0 },
    files: {
      type: 'array',
      maxItems: 100_000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'name', 'offset', 'rows', 'header'],
        properties: {
          id: { type: 'string' },
          name: { type: 'string' },
          offset: { type: 'integer', minimum: 0 },
          rows: { type: 'integer', minimum: 0 },
          header: { type: 'array', maxItems: 512, items: { type: 'string' } },
          isInLongLine: { type: 'boolean', description: 'The place is within a line that is too long to be read.' },
        },
      },
    },
  },
} as const;

/** How far each file was read, and how much was written for it: the two only ever move together. */
export type FollowState = FromSchema<typeof STATE>;
export type FollowedFile = FollowState['files'][number];

const MAX_BYTES = 256 * 2 ** 20;

export const readFollowState = async (path: string): Promise<FollowState> => {
  const bytes = await readFileIfPresent(path, { maxBytes: MAX_BYTES });
  if (!bytes) return { format: 1, outputBytes: 0, files: [] };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is not JSON; remove it and the scores to begin anew`, error);
  }
  const checked = validate(STATE, value);
  if (checked.ok) return checked.value;
  throw new BellwetherError('invalid_input', `${path} is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
};

export const writeFollowState = (path: string, state: FollowState): Promise<void> =>
  writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify(state)}\n`)]);
