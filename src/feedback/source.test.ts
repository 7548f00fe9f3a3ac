import { VERDICT_SOURCES, wordOfSilence } from './source.ts';

describe('wordOfSilence', () => {
  it.each([
    ['FP: nightly batch', undefined, 'false_alarm', 'silence', 'nightly batch'],
    ['  FP : x', undefined, 'false_alarm', 'silence', 'x'],
    ['EXPECTED: load test', undefined, 'expected', 'silence', 'load test'],
    ['TREND: new release', undefined, 'new_trend', 'silence', 'new release'],
    ['CONFIRMED: miner', undefined, 'confirmed', 'silence', 'miner'],
    ['ACK! looking', undefined, 'confirmed', 'acknowledgement', 'looking'],
    ['ACK: looking', undefined, 'confirmed', 'acknowledgement', 'looking'],
    ['fp: small letters are prose', undefined, 'false_alarm', 'untagged_silence', 'fp: small letters are prose'],
    ['JIRA-12: see there', undefined, 'false_alarm', 'untagged_silence', 'JIRA-12: see there'],
    ['', undefined, 'false_alarm', 'untagged_silence', ''],
    ['seen', 'confirmed', 'confirmed', 'silence', 'seen'],
    ['FP: batch', 'expected', 'expected', 'silence', 'batch'],
    ['FP: batch', 'nonsense', 'false_alarm', 'silence', 'batch'],
  ])('reads %j with annotation %j', (comment, annotation, word, source, reason) => {
    expect(wordOfSilence(comment, annotation)).toEqual({ kind: 'verdict', word, source, reason });
  });

  it.each([
    ['MAINT: upgrade', undefined],
    ['upgrade', 'maintenance'],
  ])('masks maintenance without a label: %j, %j', (comment, annotation) => {
    expect(wordOfSilence(comment, annotation)).toEqual({ kind: 'mask', reason: 'upgrade' });
  });
});

describe('VERDICT_SOURCES', () => {
  it('lets a word that was meant count in full and a guess less', () => {
    expect(VERDICT_SOURCES.silence.weight).toBe(1);
    expect(VERDICT_SOURCES.acknowledgement.weight).toBe(0.5);
    expect(VERDICT_SOURCES.untagged_silence.weight).toBe(0.3);
  });
});
