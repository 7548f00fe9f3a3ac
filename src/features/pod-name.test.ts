import { guessJobOwner, guessPodOwner, guessReplicaSetOwner } from './pod-name.ts';

describe('guessPodOwner', () => {
  const cases: readonly [string, string, string, string | undefined][] = [
    ['adservice-5f6585d649-fnmft', 'adservice', 'Deployment', 'adservice-5f6585d649'],
    ['my-app-v2-7c9d8f6b5-x2bqz', 'my-app-v2', 'Deployment', 'my-app-v2-7c9d8f6b5'],
    ['postgres-0', 'postgres', 'StatefulSet', undefined],
    ['backup-28471920-7kx9q', 'backup', 'CronJob', undefined],
    ['fluent-bit-8xk2v', 'fluent-bit', '', undefined],
    ['toolbox', 'toolbox', 'Pod', undefined],
    ['a', 'a', 'Pod', undefined],
  ];
  it.each(cases)('takes %s for a pod of %s (%s)', (pod, workload, workloadKind, replicaSet) => {
    expect(guessPodOwner(pod)).toEqual(replicaSet ? { workload, workloadKind, replicaSet } : { workload, workloadKind });
  });
});

describe('guessReplicaSetOwner', () => {
  it('strips the hash, and keeps a name without one', () => {
    expect(guessReplicaSetOwner('web-6d4f7b9c5f')).toMatchObject({ workload: 'web', workloadKind: 'Deployment' });
    expect(guessReplicaSetOwner('web')).toMatchObject({ workload: 'web', workloadKind: 'ReplicaSet' });
  });
});

describe('guessJobOwner', () => {
  it('strips the scheduled minute, and keeps a name without one', () => {
    expect(guessJobOwner('backup-28471920')).toEqual({ workload: 'backup', workloadKind: 'CronJob' });
    expect(guessJobOwner('migrate-42')).toEqual({ workload: 'migrate-42', workloadKind: 'Job' });
  });
});
