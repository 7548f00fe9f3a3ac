import { parseKubernetesEvent } from './parse-kubernetes-event.ts';

const EVENT = {
  metadata: { name: 'cart.17', namespace: 'shop', uid: '3f0c' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'cart-7d4b9c-x2x4z', fieldPath: 'spec.containers{cart}' },
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  type: 'Warning',
  count: 3,
  firstTimestamp: '2026-05-11T12:00:00Z',
  lastTimestamp: '2026-05-11T12:54:45Z',
  source: { component: 'kubelet', host: 'node-a' },
};
const eventOf = (object: unknown) => {
  const parsed = parseKubernetesEvent(object);
  return 'event' in parsed ? parsed.event : undefined;
};

describe('parseKubernetesEvent', () => {
  it('is about a pod, at the time of its last repetition', () => {
    expect(eventOf(EVENT)).toMatchObject({
      source: 'kubernetes',
      type: 'warning',
      time: '2026-05-11T12:54:45Z',
      node: 'node-a',
      namespace: 'shop',
      pod: 'cart-7d4b9c-x2x4z',
      container: 'cart',
      subject: 'BackOff',
      count: 3,
    });
  });

  it('names the workload where it is about one, and anything else in its text', () => {
    const about = (kind: string) => eventOf({ ...EVENT, involvedObject: { kind, namespace: 'shop', name: 'cart' } });
    expect(about('Deployment')).toMatchObject({ workload: 'cart', workloadKind: 'Deployment', pod: '' });
    expect(about('Service')).toMatchObject({ workload: '', detail: 'Service cart: Back-off restarting failed container' });
    expect(about('Node')).toMatchObject({ node: 'cart' });
  });

  it('makes each repetition an event of its own, and the same one again the same', () => {
    expect(eventOf(EVENT)?.id).toBe(eventOf({ ...EVENT })?.id);
    expect(eventOf({ ...EVENT, count: 4 })?.id).not.toBe(eventOf(EVENT)?.id);
  });

  it('takes time and count of a series, as newer reporters write them', () => {
    const newer = {
      ...EVENT,
      count: undefined,
      lastTimestamp: null,
      series: { count: 9, lastObservedTime: '2026-05-11T13:00:00.123456Z' },
    };
    expect(eventOf(newer)).toMatchObject({ count: 9, time: '2026-05-11T13:00:00.123456Z' });
  });

  it.each([
    ['no object', 7, 'not_an_event'],
    ['nothing that it is about', { ...EVENT, involvedObject: undefined }, 'wrong_type'],
    ['a reason that is a number', { ...EVENT, reason: 4 }, 'wrong_type'],
    ['no time', { ...EVENT, lastTimestamp: null, firstTimestamp: null }, 'bad_time'],
  ])('refuses %s', (_, object, refused) => {
    expect(parseKubernetesEvent(object)).toEqual({ refused });
  });
});
