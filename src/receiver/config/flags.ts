import { type Command, InvalidArgumentError } from 'commander';
import type { ReceiverConfigInput } from './schema.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
};

interface ReceiverFlag {
  readonly flag: string;
  readonly key: string;
  readonly help: string;
  readonly parse?: (text: string) => number;
}

/** Flags and the keys that they set; the file can say everything that a flag can. */
export const RECEIVER_FLAGS: readonly ReceiverFlag[] = [
  { flag: '--store <file>', key: 'store.path', help: 'file of the SQLite store' },
  { flag: '--host <address>', key: 'listen.host', help: 'address to listen on (default 127.0.0.1)' },
  { flag: '--api-port <port>', key: 'listen.apiPort', help: 'port of the webhook, the pages and the API (default 9467)', parse: number },
  { flag: '--self-port <port>', key: 'listen.selfPort', help: 'port of own metrics, /healthz, /readyz (default 9468)', parse: number },
  { flag: '--log-level <level>', key: 'log.level', help: 'trace, debug, info, warn, error, fatal or silent (default info)' },
];

export const addReceiverFlags = (command: Command): Command => {
  for (const { flag, key, help, parse } of RECEIVER_FLAGS) {
    const text = `${help}; key ${key}`;
    if (parse) command.option(flag, text, parse);
    else command.option(flag, text);
  }
  return command;
};

const optionName = (flag: string): string =>
  flag.replace(/^--| .*$/g, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The keys that the given flags set. */
export const configOfReceiverFlags = (options: Readonly<Record<string, unknown>>): ReceiverConfigInput => {
  const config: Record<string, Record<string, unknown>> = {};
  for (const { flag, key } of RECEIVER_FLAGS) {
    const value = options[optionName(flag)];
    const [section = '', name = ''] = key.split('.');
    if (value !== undefined) config[section] = { ...config[section], [name]: value };
  }
  return config as ReceiverConfigInput;
};
