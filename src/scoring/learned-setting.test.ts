import { learnedModeOf } from './learned-setting.ts';

describe('learnedModeOf', () => {
  it('puts the encoder to work from a minute on', () => {
    expect(learnedModeOf('auto', 60)).toBe('on');
    expect(learnedModeOf('auto', 3600)).toBe('on');
    expect(learnedModeOf('auto', 30)).toBe('off');
  });

  it('does what it is told at any step', () => {
    expect(['off', 'shadow', 'on'].map((setting) => learnedModeOf(setting as 'off', 10))).toEqual(['off', 'shadow', 'on']);
  });
});
