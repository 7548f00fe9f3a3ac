import { describe, expect, it } from '@jest/globals';
import { cartIngress, cartWorkload, changesOf, clusterOf, intentOf } from '../../testing/mitigation-builders.ts';
import { ingressNginx } from './ingress-nginx.ts';

const CONTROLLER = 'k8s.io/ingress-nginx';
const PREFIX = 'nginx.ingress.kubernetes.io/';
const target = { kind: 'Ingress', namespace: 'shop', name: 'cart' };
const view = clusterOf(...cartIngress(CONTROLLER));

const annotationsOf = (change = {}): Record<string, unknown> => {
  const [first] = changesOf(ingressNginx, intentOf({ target, ...change }), view);
  if (first?.style !== 'fields') throw new Error('no fields');
  return Object.fromEntries(first.fields.map(({ path, value }) => [path.join(' ').replace(`metadata annotations ${PREFIX}`, ''), value]));
};

describe('ingressNginx', () => {
  it('finds Ingresses of its class, of the default class, and of the old annotation', () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    const [ingressClass, ingress] = cartIngress(CONTROLLER);
    const found = (...objects: object[]) =>
      ingressNginx.targetsOf(workload, clusterOf(...cartWorkload(), ...(objects as ReturnType<typeof cartIngress>)));
    expect(found(ingressClass!, ingress!)).toEqual([target]);
    expect(found(...cartIngress('example.com/other'))).toEqual([]);
    expect(found({ ...ingress!, metadata: { ...ingress!.metadata, annotations: { 'kubernetes.io/ingress.class': 'nginx' } } })).toEqual([
      target,
    ]);
    const nameless = { ...ingress!, spec: { ...(ingress!.spec as object), ingressClassName: undefined } };
    expect(found(ingressClass!, nameless)).toEqual([]);
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    expect(found({ ...ingressClass!, metadata: { ...ingressClass!.metadata, annotations } }, nameless)).toEqual([target]);
  });

  it.each([
    ['a burst as a multiple', {}, { 'limit-rps': '10', 'limit-burst-multiplier': '5' }],
    ['a burst that is no multiple, upwards', { burst: 11 }, { 'limit-rps': '10', 'limit-burst-multiplier': '2' }],
    ['no burst as the least there is', { burst: 0 }, { 'limit-rps': '10', 'limit-burst-multiplier': '1' }],
    ['a slow rate per minute', { requestsPerSecond: 0.5, burst: 0 }, { 'limit-rpm': '30', 'limit-burst-multiplier': '1' }],
    [
      'connections and allowed clients',
      { connections: 7, allowedClients: ['10.0.0.0/8', '192.0.2.1'] },
      { 'limit-rps': '10', 'limit-burst-multiplier': '5', 'limit-connections': '7', 'limit-allowlist': '10.0.0.0/8,192.0.2.1' },
    ],
  ])('writes %s', (_, change, expected) => {
    expect(annotationsOf(change)).toEqual(expected);
  });

  it('says which burst it really is', () => {
    expect(ingressNginx.plan(intentOf({ target, burst: 11 }), view)).toMatchObject({
      notes: [expect.stringContaining('20 instead of 11'), expect.anything()],
    });
  });

  it.each(['limit-rps', 'limit-connections', 'limit-whitelist'])('refuses an Ingress that carries %s already', (name) => {
    const taken = clusterOf(...cartIngress(CONTROLLER, { [`${PREFIX}${name}`]: '5' }));
    expect(ingressNginx.plan(intentOf({ target }), taken)).toEqual({
      state: 'refused',
      reason: expect.stringContaining(`${PREFIX}${name}`),
    });
  });

  it('plans the same again for what a mitigation has set', () => {
    const ours = { [`${PREFIX}limit-rps`]: '10', 'bellwether.dev/mitigation-restore': '{}' };
    expect(ingressNginx.plan(intentOf({ target }), clusterOf(...cartIngress(CONTROLLER, ours))).state).toBe('planned');
  });

  it.each([
    ['an Ingress of another controller', clusterOf(...cartIngress('example.com/other')), {}, /not served by ingress-nginx/],
    ['no such Ingress', clusterOf(), {}, /There is no Ingress/],
    ['all clients together', view, { perClient: false }, /per client/],
  ])('refuses %s', (_, cluster, change, reason) => {
    expect(ingressNginx.plan(intentOf({ target, ...change }), cluster)).toEqual({
      state: 'refused',
      reason: expect.stringMatching(reason),
    });
  });
});
