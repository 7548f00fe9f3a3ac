import { CLASSIC_NAMES, EMBEDDINGS } from '../../flows/index.ts';
import type { ProtocolOptions } from './run-protocols.ts';

/** Everything that is judged for comparison: what is served first. */
export const COMPARED = {
  supervised: ['supervised', 'random-forest', ...CLASSIC_NAMES],
  embeddings: EMBEDDINGS,
} as const satisfies Pick<ProtocolOptions, 'supervised' | 'embeddings'>;
