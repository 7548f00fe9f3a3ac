export type { Lesson } from './lesson.ts';
export type { VerdictFilter } from './lesson-reader.ts';
export { createTeaching, type Teaching } from './teaching.ts';
