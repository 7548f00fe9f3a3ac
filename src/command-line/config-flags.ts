import type { Command } from 'commander';

/** A flag of a process and the key that it sets, of at most two parts; the file can say everything that a flag can. */
export interface ConfigFlag {
  readonly flag: string;
  readonly key: string;
  readonly help: string;
  readonly parse?: (text: string) => number;
}

/** Adds every flag to a command. */
export const addConfigFlags = (command: Command, flags: readonly ConfigFlag[]): Command => {
  for (const { flag, key, help, parse } of flags) {
    const text = `${help}; key ${key}`;
    if (parse) command.option(flag, text, parse);
    else command.option(flag, text);
  }
  return command;
};

const optionName = (flag: string): string =>
  flag.replace(/^--| .*$/g, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The keys that the given flags set, not yet validated. */
export const configOfFlags = (flags: readonly ConfigFlag[], options: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const config: Record<string, unknown> = {};
  for (const { flag, key } of flags) {
    const value = options[optionName(flag)];
    if (value === undefined) continue;
    const [section = '', name] = key.split('.');
    config[section] = name === undefined ? value : { ...(config[section] as object | undefined), [name]: value };
  }
  return config;
};
