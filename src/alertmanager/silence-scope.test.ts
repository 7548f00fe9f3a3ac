import { describe, expect, it } from '@jest/globals';
import type { SilenceMatcher } from './api-types.ts';
import { matchersOf, namesSomething } from './silence-scope.ts';

const matcher = (name: string, value: string, change: Partial<SilenceMatcher> = {}): SilenceMatcher => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...change,
});

describe('namesSomething', () => {
  it.each([
    ['an alert', [matcher('alertname', 'WorkloadAnomalous')], true],
    ['a workload', [matcher('workload', 'cart'), matcher('severity', 'warning')], true],
    ['alerts by a regular expression', [matcher('alertname', 'Workload.*', { isRegex: true })], true],
    ['a namespace alone', [matcher('namespace', 'shop')], false],
    ['a severity alone', [matcher('severity', 'warning')], false],
    ['everything, by .*', [matcher('alertname', '.*', { isRegex: true })], false],
    ['everything, by (.+)', [matcher('workload', '(.+)', { isRegex: true })], false],
    ['all but one', [matcher('alertname', 'Watchdog', { isEqual: false })], false],
    ['alerts without a workload', [matcher('workload', '')], false],
  ])('%s', (_, matchers, names) => {
    expect(namesSomething(matchers)).toBe(names);
  });
});

describe('matchersOf', () => {
  it('takes the labels that name an alert and a workload', () => {
    const labels = {
      alertname: 'WorkloadAnomalous',
      namespace: 'shop',
      workload: 'cart',
      workload_kind: 'Deployment',
      severity: 'warning',
    };
    expect(matchersOf(labels).map(({ name }) => name)).toEqual(['alertname', 'namespace', 'workload', 'workload_kind']);
  });

  it('takes all labels where none points at something', () => {
    expect(matchersOf({ namespace: 'shop', severity: 'warning' })).toEqual([matcher('namespace', 'shop'), matcher('severity', 'warning')]);
  });
});
