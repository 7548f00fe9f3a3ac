import { describe, expect, it } from '@jest/globals';
import type { StoredAlert } from '../store/stored-alert.ts';
import { mitigationOfAlert, mitigationOfRequest } from './requests.ts';

const ALERT: StoredAlert = {
  id: 'f1-1000',
  fingerprint: 'f1',
  status: 'firing',
  startsMs: 1000,
  endsMs: undefined,
  endReason: undefined,
  labels: { alertname: 'WorkloadAnomalous', namespace: 'shop', workload: 'Cart_Service.v2', workload_kind: 'Deployment' },
  annotations: { summary: 'cart is anomalous' },
  generatorUrl: '',
  receiver: 'bellwether',
  externalUrl: '',
  silencedBy: [],
  receivedMs: 1000,
  seenMs: 1000,
  deliveries: 1,
  verdict: undefined,
  judgedMs: undefined,
  evidence: undefined,
};

describe('mitigationOfAlert', () => {
  // Point 5 of the safety list.
  it('gives the same name for the same alert and start, and another for the next stretch', () => {
    const name = (alert: StoredAlert) => mitigationOfAlert(alert, { ttlSeconds: 900 })?.metadata.name;
    expect(name(ALERT)).toBe(name({ ...ALERT, deliveries: 7 }));
    expect(name(ALERT)).not.toBe(name({ ...ALERT, startsMs: 2000 }));
    expect(name(ALERT)).toMatch(/^cart-service-v2-[0-9a-f]{10}$/);
  });

  it('carries what it answers, and no approval', () => {
    const { spec, metadata } = mitigationOfAlert(ALERT, { ttlSeconds: 900 })!;
    expect(metadata.namespace).toBe('shop');
    expect(spec).toMatchObject({
      target: { kind: 'Deployment', name: 'Cart_Service.v2' },
      reason: 'WorkloadAnomalous: cart is anomalous',
      alert: { id: 'f1-1000', fingerprint: 'f1', workload: { kind: 'Deployment', name: 'Cart_Service.v2' } },
    });
    expect(spec.approval).toBeUndefined();
  });

  it.each([
    ['a node', { workload_kind: 'Node', namespace: '' }],
    ['no workload', { workload: '' }],
    ['a workload of unknown kind', { workload_kind: '' }],
  ])('gives none for %s', (_, labels) => {
    expect(mitigationOfAlert({ ...ALERT, labels: { ...ALERT.labels, ...labels } }, { ttlSeconds: 900 })).toBeUndefined();
  });
});

describe('mitigationOfRequest', () => {
  it('names who asked and approved, and leaves numbers out of an isolation', () => {
    const body = {
      namespace: 'shop',
      target: { kind: 'Deployment', name: 'cart' },
      action: 'isolate' as const,
      mode: 'enforce' as const,
      perClient: true,
      ttlSeconds: 900,
      reason: 'miner',
      planOnly: false,
    };
    const { spec } = mitigationOfRequest(body, 'ann', ALERT, 0);
    expect(spec).toMatchObject({
      requestedBy: 'ann',
      approval: { by: 'ann', at: '1970-01-01T00:00:00Z' },
      reason: 'miner (alert f1-1000)',
    });
    expect(spec.limit).toBeUndefined();
    expect(spec.alert).toBeUndefined();
    expect(mitigationOfRequest({ ...body, action: 'rateLimit', requestsPerSecond: 10 }, 'ann', undefined, 0).spec.limit).toEqual({
      requestsPerSecond: 10,
      perClient: true,
    });
  });
});
