import { BellwetherError, type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../../platform/index.ts';
import { SIZE_COLUMNS } from '../features/size-columns.ts';
import { type FlowLesson, MAX_LESSON_FLOWS } from './lessons.ts';

const MAX_LESSONS = 10_000;
const MAX_BYTES = 128 * 2 ** 20;
const WIDTH = SIZE_COLUMNS.length;

const LESSONS = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'lessons'],
  properties: {
    format: { const: 1 },
    lessons: {
      type: 'array',
      maxItems: MAX_LESSONS,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'family', 'points'],
        properties: {
          id: { type: 'string', minLength: 1, maxLength: 200 },
          family: { type: 'string', maxLength: 200 },
          points: { type: 'array', minItems: WIDTH, maxItems: WIDTH * MAX_LESSON_FLOWS, items: { type: 'number' } },
        },
      },
    },
  },
} as const;

/** Lessons that an earlier process kept; none where there is no file. Rejects with `invalid_input` for another file. */
export const readLessons = async (path: string): Promise<FlowLesson[]> => {
  const bytes = await readFileIfPresent(path, { maxBytes: MAX_BYTES });
  if (!bytes) return [];
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is not JSON; remove it to begin without lessons`, error);
  }
  const checked = validate(LESSONS, value);
  if (!checked.ok)
    throw new BellwetherError('invalid_input', `${path} is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
  const { lessons } = checked.value as FromSchema<typeof LESSONS>;
  if (lessons.some(({ points }) => points.length % WIDTH !== 0))
    throw new BellwetherError('invalid_input', `${path} has half a flow in it`);
  return lessons.map(({ points, ...lesson }) => ({ ...lesson, points: Float64Array.from(points) }));
};

export const writeLessons = (path: string, lessons: readonly FlowLesson[]): Promise<void> => {
  const kept = lessons.slice(-MAX_LESSONS).map(({ points, ...lesson }) => ({ ...lesson, points: [...points] }));
  return writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify({ format: 1, lessons: kept })}\n`)]);
};
