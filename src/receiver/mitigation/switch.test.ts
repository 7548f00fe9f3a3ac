import { describe, expect, it } from '@jest/globals';
import { BellwetherError } from '../../platform/index.ts';
import { createFakeCluster } from '../../testing/fake-cluster.ts';
import { createMitigationSwitch } from './switch.ts';

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'switch', namespace: 'bellwether' } };
const stage = (forcedOff = false) => {
  const cluster = createFakeCluster(['ConfigMap']);
  return { cluster, one: createMitigationSwitch(cluster.client, { name: 'switch', namespace: 'bellwether', forcedOff }) };
};

// Point 14 of the safety list.
describe('createMitigationSwitch', () => {
  it('is off until it has been read, on where there is no ConfigMap', async () => {
    const { one } = stage();
    expect(one.reason).toContain('has not been read yet');
    await one.read();
    expect([one.state, one.reason]).toEqual(['on', undefined]);
  });

  it.each([
    ['true', 'on'],
    ['false', 'off'],
    ['revert', 'revert'],
    ['True', 'off'],
    ['', 'off'],
  ])('takes "%s" as %s: what was not clearly a yes is a no', async (enabled, state) => {
    const { cluster, one } = stage();
    cluster.put({ ...MAP, data: { enabled } });
    await one.read();
    expect(one.state).toBe(state);
  });

  it('is off where it cannot be read, and never takes that for a wish to take everything back', async () => {
    const { cluster, one } = stage();
    await one.write('on', 'ann');
    cluster.client.find = async () => {
      throw new BellwetherError('forbidden', 'no right');
    };
    await one.read();
    expect([one.state, one.reason]).toEqual(['off', 'the ConfigMap bellwether/switch cannot be read: no right']);
  });

  it('is off by the environment, whatever the ConfigMap says; taking back still works', async () => {
    const { one } = stage(true);
    await one.write('on', 'ann');
    expect([one.state, one.reason]).toEqual(['off', 'switched off by BELLWETHER_MITIGATION']);
    await one.write('revert', 'ann');
    await one.read();
    expect(one.state).toBe('revert');
  });
});
