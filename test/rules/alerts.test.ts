import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeWith } from '../integration/real-program.ts';
import { ALERT_CASES } from './alert-cases.ts';
import { mutantsOf } from './mutants.ts';
import { runPromtool } from './promtool-test.ts';
import { alertRules } from './rules-of-bundle.ts';

const RULES = fileURLToPath(new URL('../../rules/', import.meta.url));

describeWith(['promtool'], 'alerts in promtool', (promtool) => {
  it('have cases, each of them, and no others', () => {
    expect(Object.keys(ALERT_CASES).sort()).toEqual(alertRules.map(({ alert }) => alert).sort());
  });

  it('are shown to fire, to stay quiet, to resolve and to bear missing data', () => {
    const poor = Object.entries(ALERT_CASES).filter(
      ([name, cases]) => name !== 'BellwetherWatchdog' && new Set(cases.map(({ kind }) => kind)).size < 4,
    );
    expect(poor.map(([name]) => name)).toEqual([]);
  });

  it.each(alertRules)('$alert does as its cases say', (rule) => {
    expect(runPromtool(promtool, [rule], ALERT_CASES[rule.alert] ?? [])).toEqual(['']);
  });

  it.each(alertRules.filter(({ alert }) => alert !== 'BellwetherWatchdog'))('$alert is noticed when anything in it changes', (rule) => {
    const mutants = mutantsOf(rule);
    expect(mutants.length).toBeGreaterThan(0);
    const said = runPromtool(
      promtool,
      mutants.map((mutant) => mutant.rule),
      ALERT_CASES[rule.alert] ?? [],
    );
    const alive = mutants.filter((_, i) => said[i] === '');
    expect(said.filter((text) => text.startsWith('promtool says nothing'))).toEqual([]);
    expect(alive.map(({ what }) => what)).toEqual([]);
  });

  it.each(readdirSync(RULES))('rules/%s passes every lint', (file) => {
    expect(execFileSync(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', file], { cwd: RULES, encoding: 'utf8' })).toContain(
      'SUCCESS',
    );
  });
});
