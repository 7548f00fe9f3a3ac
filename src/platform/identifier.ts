import { randomUUID } from 'node:crypto';

/** An identifier nobody else has (UUID version 4). */
export const randomId = (): string => randomUUID();
