import { describe, expect, it } from '@jest/globals';
import { configOrThrow, systemClock } from '../platform/index.ts';
import { DEFAULT_LEARNED } from '../scoring/index.ts';
import { loadConfig } from './config/load-config.ts';
import { startLearnedModel } from './learned-model.ts';

describe('startLearnedModel', () => {
  const errors: object[] = [];
  const log = { info: () => undefined, error: (fields: object) => void errors.push(fields) };

  it('is asked for as the shipped setting says, which is that of evaluate', () => {
    const { scoring } = configOrThrow(loadConfig('', { prometheus: { url: 'http://p:9090' } }), 'test');
    expect(scoring.learned).toBe(DEFAULT_LEARNED);
  });

  it('starts nothing by itself below a minute', async () => {
    const options = { setting: 'auto', models: '/no/such/folder', stepSeconds: 30 } as const;
    expect(await startLearnedModel(options, systemClock, log)).toBeUndefined();
    expect(errors).toHaveLength(0);
  });

  it('scores without it where nobody asked for it and it does not start', async () => {
    const options = { setting: 'auto', models: '/no/such/folder', stepSeconds: 60 } as const;
    expect(await startLearnedModel(options, systemClock, log)).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  it('fails where it was asked for and does not start', async () => {
    const options = { setting: 'on', models: '/no/such/folder', stepSeconds: 60 } as const;
    await expect(startLearnedModel(options, systemClock, log)).rejects.toThrow();
  });
});
