import type { SilenceMatcher } from './api-types.ts';

/** Labels that say of whom or what a silence speaks. */
const NAMING = new Set([
  'alertname',
  'workload',
  'namespace',
  'pod',
  'deployment',
  'statefulset',
  'daemonset',
  'service',
  'job_name',
  'node',
  'instance',
]);
/** Of those, the ones that point at one thing; a namespace alone is many. */
const POINTING = new Set([...NAMING].filter((name) => name !== 'namespace'));
/** Regular expressions that leave nothing out. */
const EVERYTHING = /^\(*(\.\*|\.\+|\[\^\]\*|)\)*$/;

/** Whether a silence names an alert or a workload at all; one that does not says nothing about any single one. */
export const namesSomething = (matchers: readonly SilenceMatcher[]): boolean =>
  matchers.some(({ name, value, isRegex, isEqual }) => isEqual && POINTING.has(name) && !(isRegex ? EVERYTHING.test(value) : value === ''));

/** Matchers that a silence of one alert needs: exactly the labels that name it, or all of them where none does. */
export const matchersOf = (labels: Readonly<Record<string, string>>): readonly SilenceMatcher[] => {
  const naming = Object.entries(labels).filter(([name]) => NAMING.has(name) || name === 'workload_kind');
  const chosen = naming.some(([name]) => POINTING.has(name)) ? naming : Object.entries(labels);
  return chosen.map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
};
