import { type Facts, mayBegin } from './budget.ts';
import type { Mitigation } from './mitigation.ts';
import { DEFAULT_MITIGATION_OPTIONS } from './options.ts';

const mitigation = (name: string, target: string, phase?: 'Applied'): Mitigation => {
  const [kind = '', object = ''] = target.split('/');
  return {
    apiVersion: 'bellwether.dev/v1alpha1',
    kind: 'Mitigation',
    metadata: { name, namespace: `team-${name}`, uid: name },
    spec: { target: { kind, name: object }, reason: 'a flood' },
    ...(phase ? { status: { phase, targets: [target] } } : {}),
  } as Mitigation;
};

const facts = (change: Partial<Facts>): Facts => ({
  nowMs: 0,
  switchedOff: undefined,
  signalAgeMs: 0,
  forbidding: [],
  breaker: undefined,
  routes: 40,
  ownNamespace: 'bellwether',
  ...change,
});

describe('mayBegin', () => {
  const inForce = [mitigation('a', 'Ingress/shop', 'Applied')];
  const asked = mitigation('b', 'HTTPRoute/cart');

  it('holds back what would limit more than the share of the routes of one kind', () => {
    const onIngress = mayBegin(
      mitigation('b', 'Ingress/cart'),
      inForce,
      facts({ routes: 3, routeKind: 'Ingress' }),
      DEFAULT_MITIGATION_OPTIONS,
    );
    expect(onIngress).toMatchObject({ ok: false, guard: 'budget_routes', reason: expect.stringContaining('1 of 3 routes are limited') });
  });

  it('does not count limits on routes of another kind against it', () => {
    expect(mayBegin(asked, inForce, facts({ routes: 3, routeKind: 'HTTPRoute' }), DEFAULT_MITIGATION_OPTIONS)).toEqual({ ok: true });
  });
});
