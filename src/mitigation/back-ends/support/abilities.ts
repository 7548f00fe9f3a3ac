import type { Ability } from '../../back-end.ts';

/** For data planes that count each client by itself as well as all together. */
export const byClientOrTogether = (ability: Omit<Ability, 'perClient'>): readonly Ability[] => [
  { ...ability, perClient: true },
  { ...ability, perClient: false },
];
