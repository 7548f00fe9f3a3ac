import { BellwetherError, readFileIfPresent, validate, writeFileAtomic } from '../../platform/index.ts';
import type { RetrainState } from './retrain-plan.ts';

const MAX_BYTES = 8 * 2 ** 20;
/** Ids of verdicts that are remembered, the newest. */
const MOST_KNOWN = 50_000;

const FORM = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'lastSeconds', 'known'],
  properties: {
    format: { const: 1 },
    lastSeconds: { type: 'number' },
    known: { type: 'array', maxItems: MOST_KNOWN, items: { type: 'string', maxLength: 100 } },
    shadow: {
      type: 'object',
      additionalProperties: false,
      required: ['version', 'sinceSeconds', 'reason'],
      properties: { version: { type: 'string' }, sinceSeconds: { type: 'number' }, reason: { type: 'string' } },
    },
  },
} as const;

const pathOf = (dir: string): string => `${dir}/retrain.json`;

/** What the calls before have left; nothing at first. Rejects with `invalid_input` where the file is damaged. */
export const readRetrainState = async (dir: string): Promise<RetrainState> => {
  const bytes = await readFileIfPresent(pathOf(dir), { maxBytes: MAX_BYTES });
  if (!bytes) return { lastSeconds: 0, known: [], shadow: undefined };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BellwetherError('invalid_input', `${pathOf(dir)} is not JSON`, error);
  }
  const result = validate(FORM, value);
  if (!result.ok)
    throw new BellwetherError('invalid_input', `${pathOf(dir)} is wrong: ${result.problems.map(({ message }) => message).join('; ')}`);
  const { lastSeconds, known, shadow } = result.value;
  return { lastSeconds, known, shadow };
};

export const writeRetrainState = (dir: string, { known, ...state }: RetrainState): Promise<void> =>
  writeFileAtomic(pathOf(dir), [
    new TextEncoder().encode(`${JSON.stringify({ format: 1, ...state, known: known.slice(-MOST_KNOWN) }, undefined, 2)}\n`),
  ]);
