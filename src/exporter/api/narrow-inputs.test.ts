import { describe, expect, it } from '@jest/globals';
import { catalogFromConfig, defaultCatalog } from '../../features/index.ts';
import { formatSelector } from '../../prometheus/index.ts';
import { aKey } from '../../testing/score-builders.ts';
import { narrowInputs } from './narrow-inputs.ts';

const depth = [{ name: '__name__', type: '=' as const, value: 'depth' }];
const CATALOG = catalogFromConfig(
  [
    { name: 'a', selector: depth, kind: 'gauge', entity: { by: 'labels', labels: ['shop', 'till'] } },
    { name: 'b', selector: depth, kind: 'gauge', entity: { by: 'labels', labels: ['shop'] } },
  ],
  defaultCatalog(),
);
const textOf = (key: Parameters<typeof narrowInputs>[1]) => narrowInputs(CATALOG, key).map(({ selector }) => formatSelector(selector));

describe('narrowInputs', () => {
  it('reads the pods of one namespace, and no nodes, for a workload', () => {
    const selectors = textOf(aKey());
    expect(selectors.every((text) => text.includes('namespace="shop"'))).toBe(true);
    expect(selectors.some((text) => text.includes('kube_pod_owner'))).toBe(true);
    expect(selectors.some((text) => text.includes('node_'))).toBe(false);
  });

  it('reads nodes alone for a node', () => {
    const selectors = textOf({ namespace: '', workload: 'n1', workloadKind: 'Node' });
    expect(selectors.length).toBeGreaterThan(3);
    expect(selectors.every((text) => text.includes('node_'))).toBe(true);
  });

  it('reads the features of an entity with these labels, in their places', () => {
    const narrowed = narrowInputs(CATALOG, aKey('x', { entity: { till: '1', shop: 'a' } }));
    expect(narrowed.map(({ selector }) => formatSelector(selector))).toEqual(['depth{till="1",shop="a"}']);
    expect(CATALOG.inputs[narrowed[0]?.index ?? 0]?.id).toBe('user:a');
  });
});
