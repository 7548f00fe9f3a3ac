import { DEFAULT_LISTEN_ADDRESS } from '../conventions/index.ts';
import { LOG_LEVELS } from './logger.ts';

// Keys that mean the same in the configuration of every process.

/** A TCP port to listen on, 0 to 65535, in a JSON schema. */
export const portKey = <Port extends number>(port: Port, description: string) =>
  ({ type: 'integer', minimum: 0, maximum: 65535, default: port, description }) as const;

export const HOST_KEY = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  default: DEFAULT_LISTEN_ADDRESS,
  description: 'Address to listen on; `0.0.0.0` inside a cluster.',
} as const;

export const LOG_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Log lines, JSON on standard error.',
  properties: { level: { enum: LOG_LEVELS, default: 'info', description: 'Least level that is written.' } },
} as const;
