import { readFileSync } from 'node:fs';
import { Environment } from '@marcbachmann/cel-js';
import { load } from 'js-yaml';
import { operatorVerdicts } from '../fixtures/operator-status.ts';

interface Check {
  readonly kind: string;
  readonly current: string;
  readonly failed: string;
}

/** The commented expressions of the example, as they are once somebody takes the comment signs away. */
const text = readFileSync(new URL('../../docs/gitops/flux/kustomization.yaml', import.meta.url), 'utf8');
const commented = text
  .slice(text.indexOf('# healthCheckExprs:'))
  .split('\n')
  .map((line) => line.replace(/^\s*# ?/, ''))
  .join('\n');
const { healthCheckExprs } = load(commented) as { healthCheckExprs: readonly Check[] };
const evaluate = (expression: string, object: Record<string, unknown>): unknown =>
  new Environment({ unlistedVariablesAreDyn: true }).evaluate(expression, object);

describe('health expressions of the Flux example', () => {
  it('are for rules and monitors', () => {
    expect(healthCheckExprs.map(({ kind }) => kind)).toEqual(['PrometheusRule', 'ServiceMonitor']);
  });

  describe.each(healthCheckExprs)('of $kind', ({ kind, current, failed }) => {
    it.each(operatorVerdicts(kind))('say of what is $what whether it is current or failed', (verdict) => {
      expect([evaluate(current, verdict.object), evaluate(failed, verdict.object)]).toEqual([verdict.current, verdict.failed]);
    });
  });
});
