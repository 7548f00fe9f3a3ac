import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { addConfigFlags, configOfFlags } from '../../command-line/index.ts';
import { CONFIG_FLAGS } from './flags.ts';
import { CONFIG_SCHEMA } from './schema.ts';

const parse = (...args: string[]) => {
  const command = addConfigFlags(new Command('exporter').exitOverride(), CONFIG_FLAGS);
  command.parse(args, { from: 'user' });
  return configOfFlags(CONFIG_FLAGS, command.opts());
};

describe('configOfFlags', () => {
  it('puts each given flag under its key and nothing else', () => {
    expect(parse('--prometheus', 'http://p:9090', '--api-port', '0', '--host', '::1', '--interval', '15')).toEqual({
      prometheus: { url: 'http://p:9090' },
      intervalSeconds: 15,
      listen: { host: '::1', apiPort: 0 },
    });
    expect(parse()).toEqual({});
  });
});

describe('CONFIG_FLAGS', () => {
  it.each(CONFIG_FLAGS.map(({ flag, key }) => [flag, key]))('%s has the key %s in the schema', (_flag, key) => {
    let schema: unknown = CONFIG_SCHEMA;
    for (const part of key.split('.')) schema = (schema as { properties: Record<string, unknown> }).properties[part];
    expect(schema).toMatchObject({ description: expect.any(String) });
  });
});
