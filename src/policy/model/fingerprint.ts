import type { Finding } from './finding.ts';

// FNV-1a, 2 x 32 bit with different offsets: not a secret, only a stable name, and cheap enough for every finding.
const PRIME = 0x01000193;
const OFFSETS = [0x811c9dc5, 0x050c5d1f] as const;

const hash = (text: string, offset: number): string => {
  let value = offset;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), PRIME);
  return (value >>> 0).toString(16).padStart(8, '0');
};

/** Names a finding across runs: policy, object, container and path; not the line, nor the value. 16 hexadecimal digits. */
export const fingerprintOf = ({ policy, object, container, path }: Finding): string => {
  const text = JSON.stringify([policy, object.apiVersion, object.kind, object.namespace ?? null, object.name, container ?? null, path]);
  return OFFSETS.map((offset) => hash(text, offset)).join('');
};
