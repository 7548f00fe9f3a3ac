import { PROTECTED_NAMESPACES } from '../conventions/index.ts';

const matches = (pattern: string, namespace: string): boolean =>
  pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern;

/** The entry that protects a namespace; undefined where mitigations may touch it. `more`: what configuration and the bundle add. */
export const protectedBy = (namespace: string, more: readonly string[]): string | undefined =>
  [...PROTECTED_NAMESPACES, ...more].find((pattern) => matches(pattern, namespace));
