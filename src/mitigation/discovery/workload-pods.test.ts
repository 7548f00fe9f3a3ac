import { describe, expect, it } from '@jest/globals';
import { cartWorkload, clusterOf } from '../../testing/mitigation-builders.ts';
import { selects, servicesOf } from './workload-pods.ts';

const LABELS = { app: 'cart', tier: 'web' };
const by = (operator: string, key: string, values: readonly string[] = []) => ({ matchExpressions: [{ key, operator, values }] });

describe('selects', () => {
  it.each([
    ['nothing asked for', {}, true],
    ['all labels', { matchLabels: LABELS }, true],
    ['one label that differs', { matchLabels: { app: 'cart', tier: 'db' } }, false],
    ['In with its value', by('In', 'tier', ['db', 'web']), true],
    ['In with others', by('In', 'tier', ['db']), false],
    ['In of a label that is not there', by('In', 'zone', ['a']), false],
    ['NotIn with its value', by('NotIn', 'tier', ['web']), false],
    ['NotIn of a label that is not there', by('NotIn', 'zone', ['a']), true],
    ['Exists', by('Exists', 'tier'), true],
    ['Exists of what is not there', by('Exists', 'zone'), false],
    ['DoesNotExist', by('DoesNotExist', 'tier'), false],
    ['DoesNotExist of what is not there', by('DoesNotExist', 'zone'), true],
    ['an operator that nobody knows', by('Gt', 'tier', ['1']), false],
  ])('decides %s as Kubernetes does', (_, selector, expected) => {
    expect(selects(selector, LABELS)).toBe(expected);
  });
});

describe('servicesOf', () => {
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
  const service = (name: string, spec: object, namespace = 'shop') => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec,
  });

  it('finds Services of the namespace whose selector fits the pods, and none without a selector', () => {
    const cluster = clusterOf(
      ...cartWorkload(),
      service('web', { selector: { tier: 'web' } }),
      service('other', { selector: { app: 'mail' } }),
      service('elsewhere', { selector: { app: 'cart' } }, 'mail'),
      service('headless', {}),
    );
    expect(servicesOf(workload, cluster)).toEqual(['cart', 'web']);
    expect(servicesOf({ ...workload, kind: 'CronJob' }, cluster)).toEqual([]);
  });
});
