import { type DestinationStream, destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** The process, for example `exporter`. */
  readonly name: string;
}

// Header and option names under which a secret could reach a log line.
const SECRET_PATHS = ['authorization', 'password', 'bearerToken', 'token', 'secret'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * JSON lines with the level as a word and ISO times. They go to standard error, because standard output belongs to a command's result.
 * Values under names of secrets are replaced.
 */
export const createLogger = ({ level, name }: LoggerOptions, stream: DestinationStream = destination({ fd: 2, sync: true })): Logger =>
  pino(
    {
      name,
      level,
      base: { name },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '(hidden)' },
    },
    stream,
  );
