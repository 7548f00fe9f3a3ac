import { type BackEnd, type MitigationIntent, ownedMetadata } from '../mitigation/index.ts';
import type { KubernetesObject } from '../platform/index.ts';

export const FAKE_LIMIT_KIND = { apiVersion: 'fake.example.com/v1', kind: 'Limit' } as const;
export const FAKE_ROUTE_KIND = { apiVersion: 'fake.example.com/v1', kind: 'FakeRoute' } as const;

const limitOf = (intent: MitigationIntent, name: string): KubernetesObject => ({
  ...FAKE_LIMIT_KIND,
  metadata: ownedMetadata(intent, name, intent.target.namespace),
  spec: {
    target: intent.target.name,
    rate: intent.requestsPerSecond,
    burst: intent.burst,
    dryRun: intent.mode === 'dryRun',
  },
});

/** A back-end for tests of the engine; `style` chooses between a separate object and an annotation on the route. */
export const createFakeBackEnd = (style: 'object' | 'field' = 'object'): BackEnd => {
  const name = `fake-${style}`;
  return {
    declaration: {
      name,
      title: 'Fake',
      attach: style,
      writes: [
        style === 'object'
          ? { group: 'fake.example.com', version: 'v1', kind: 'Limit', resource: 'limits' }
          : { group: 'fake.example.com', version: 'v1', kind: 'FakeRoute', resource: 'fakeroutes' },
      ],
      rbac: [],
    },
    abilities: [
      {
        action: 'rateLimit',
        targetKinds: ['FakeRoute'],
        perClient: true,
        nativeDryRun: true,
        connections: true,
        limits: ['Only in tests.'],
      },
    ],
    needs: [FAKE_LIMIT_KIND],
    reads: [FAKE_ROUTE_KIND],
    targetsOf: ({ namespace, name: workload }, view) =>
      view
        .list(FAKE_ROUTE_KIND, namespace)
        .filter(({ spec }) => (spec as { workload?: string } | undefined)?.workload === workload)
        .map(({ kind, metadata }) => ({ kind, namespace, name: metadata.name })),
    plan: (intent, view) => {
      const on = { ...FAKE_ROUTE_KIND, namespace: intent.target.namespace, name: intent.target.name };
      if (!view.find(on)) return { state: 'refused', reason: `there is no FakeRoute ${on.name} in ${on.namespace}` };
      return {
        state: 'planned',
        changes: [
          style === 'object'
            ? { style: 'object', object: limitOf(intent, name) }
            : {
                style: 'fields',
                on,
                fields: [{ path: ['metadata', 'annotations', 'fake.example.com/rate'], value: String(intent.requestsPerSecond) }],
              },
        ],
        notes: [],
      };
    },
    acceptance: (objects) => {
      const status = objects[0]?.status as { accepted?: boolean; reason?: string } | undefined;
      if (style === 'field') return { state: 'accepted' };
      if (status?.accepted === undefined) return { state: 'pending', reason: 'the controller has not spoken' };
      return status.accepted ? { state: 'accepted' } : { state: 'refused', reason: status.reason ?? 'not accepted' };
    },
    signals: ({ target }) => ({
      requestsPerSecond: `requests{name="${target.name}"}`,
      rejectedPerSecond: `rejected{name="${target.name}"}`,
      failureRatio: `failures{name="${target.name}"}`,
      latencySeconds: `latency{name="${target.name}"}`,
      clientRequestsPerSecond: `client_requests{name="${target.name}"}`,
      largestClientShare: `largest{name="${target.name}"}`,
    }),
  };
};
