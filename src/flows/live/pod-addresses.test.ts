import { describe, expect, it } from '@jest/globals';
import { parseAddressMap } from './address-map.ts';
import { podAddresses } from './pod-addresses.ts';

const owner = (kind: string, name: string, uid: string) => ({ apiVersion: 'v1', kind, name, uid, controller: true });
const object = (kind: string, name: string, ownerReferences: ReturnType<typeof owner>[] = [], rest = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, ownerReferences },
  ...rest,
});
const pod = (name: string, ip: string, owners: ReturnType<typeof owner>[] = [], spec = {}, phase = 'Running') =>
  object('Pod', name, owners, { spec, status: { phase, podIP: ip, podIPs: [{ ip }, { ip: `fd00::${ip.at(-1)}` }] } });

describe('podAddresses', () => {
  const owners = [
    object('ReplicaSet', 'cart-5f', [owner('Deployment', 'cart', 'd')]),
    object('Job', 'night-1', [owner('CronJob', 'night', 'c')]),
  ];
  const pods = [
    pod('cart-5f-a', '10.0.0.1', [owner('ReplicaSet', 'cart-5f', 'uid-cart-5f')]),
    pod('night-1-b', '10.0.0.2', [owner('Job', 'night-1', 'uid-night-1')]),
    pod('db-0', '10.0.0.3', [owner('StatefulSet', 'db', 's')]),
    pod('alone', '10.0.0.4'),
    pod('proxy', '10.9.0.1', [owner('DaemonSet', 'proxy', 'p')], { hostNetwork: true }),
    pod('done', '10.0.0.1', [owner('Job', 'old', 'o')], {}, 'Succeeded'),
    object('Pod', 'pending'),
  ];

  it('names the controller that people know, under all addresses of a pod', () => {
    const entries = podAddresses(pods, owners);
    expect(
      entries.filter(({ address }) => address.startsWith('10.')).map(({ address, kind, workload }) => [address, kind, workload]),
    ).toEqual([
      ['10.0.0.1', 'Deployment', 'cart'],
      ['10.0.0.2', 'CronJob', 'night'],
      ['10.0.0.3', 'StatefulSet', 'db'],
      ['10.0.0.4', 'Pod', 'alone'],
    ]);
    expect(entries.find(({ address }) => address === 'fd00::1')?.workload).toBe('cart');
  });

  it('gives what the exporter reads', () => {
    const map = parseAddressMap(JSON.parse(JSON.stringify(podAddresses(pods, owners))), 'list');
    expect(map('10.0.0.1')).toEqual({ namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' });
    expect(map('10.9.0.1')).toBeUndefined();
  });
});
