import { describe, expect, it } from '@jest/globals';
import { configOrThrow, systemClock } from '../platform/index.ts';
import { DEFAULT_LEARNED } from '../scoring/index.ts';
import { loadConfig } from './config/load-config.ts';
import { modeOf, startLearnedModel } from './learned-model.ts';

describe('modeOf', () => {
  it('follows the shipped setting, which is that of evaluate', () => {
    const { scoring } = configOrThrow(loadConfig('', { prometheus: { url: 'http://p:9090' } }), 'test');
    expect(scoring.learned).toBe(DEFAULT_LEARNED);
    expect(modeOf({ setting: scoring.learned, stepSeconds: 30 })).toBe('off');
    expect(modeOf({ setting: scoring.learned, stepSeconds: 60 })).toBe('on');
  });

  it('puts own models to work at any interval, unless told otherwise', () => {
    expect(modeOf({ setting: 'auto', stepSeconds: 30, models: '/models' })).toBe('on');
    expect(modeOf({ setting: 'off', stepSeconds: 30, models: '/models' })).toBe('off');
    expect(modeOf({ setting: 'shadow', stepSeconds: 30, models: '/models' })).toBe('shadow');
  });
});

describe('startLearnedModel', () => {
  const start = async (options: Parameters<typeof startLearnedModel>[0]) => {
    const reasons: unknown[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: (fields: object) => void reasons.push(fields) };
    const model = await startLearnedModel(options, systemClock, log, () => Promise.reject(new Error('no runtime')));
    return { model, reasons };
  };

  it('starts nothing by itself below a minute', async () => {
    expect(await start({ setting: 'auto', stepSeconds: 30 })).toEqual({ model: undefined, reasons: [] });
  });

  it('says so and goes without where nobody asked for it and it does not start', async () => {
    expect(await start({ setting: 'auto', stepSeconds: 60 })).toEqual({ model: undefined, reasons: [{ reason: 'no runtime' }] });
  });

  it('fails where it was asked for and does not start', async () => {
    await expect(start({ setting: 'on', stepSeconds: 60 })).rejects.toThrow('no runtime');
    await expect(start({ setting: 'auto', stepSeconds: 60, models: '/models' })).rejects.toThrow('no runtime');
  });
});
