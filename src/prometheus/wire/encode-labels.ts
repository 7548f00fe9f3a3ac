import type { Labels } from '../../conventions/index.ts';
import { ProtoWriter } from './proto-writer.ts';

/** Labels as field 1 of a series message, sorted by name: what a server sends, and what identity is made of. */
export const encodeLabels = (labels: Labels): Uint8Array => {
  const out = new ProtoWriter(256);
  const label = new ProtoWriter(64);
  for (const name of Object.keys(labels).sort()) {
    label.clear();
    label.string(1, name);
    label.string(2, labels[name]!);
    out.block(1, label.bytes());
  }
  return out.bytes();
};
