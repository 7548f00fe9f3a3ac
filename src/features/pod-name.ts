/** A workload guessed from a name. */
export interface GuessedOwner {
  readonly workload: string;
  readonly workloadKind: string;
  readonly replicaSet?: string;
}

// Kubernetes writes random and hash suffixes in this alphabet (apimachinery/pkg/util/rand): no vowels, no 0, 1, 3.
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

// A ReplicaSet's hash is a 32-bit number in that alphabet or, before 1.8, in digits: 8 to 10 characters, rarely fewer.
const REPLICA_SET = new RegExp(`^(.+)-([${SAFE}]{6,10}|\\d{8,10})$`);
const REPLICA_SET_POD = new RegExp(`^(.+)-([${SAFE}]{6,10}|\\d{8,10})-[${SAFE}]{5}$`);

// A CronJob names its Jobs by the scheduled minute (8 digits since 1.21), before that by the second (10 digits).
const CRON_JOB = /^(.+)-(\d{8}|\d{10})$/;
const CRON_JOB_POD = new RegExp(`^(.+)-(\\d{8}|\\d{10})-[${SAFE}]{5}$`);

const ORDINAL_POD = /^(.+)-\d{1,4}$/;

// One random suffix: a DaemonSet's, a Job's or a bare ReplicaSet's pod; the name does not tell which.
const GENERATED_POD = new RegExp(`^(.+)-[${SAFE}]{5}$`);

/** The Deployment that a ReplicaSet's name points to, or the ReplicaSet itself. */
export const guessReplicaSetOwner = (replicaSet: string): GuessedOwner => {
  const match = REPLICA_SET.exec(replicaSet);
  return match
    ? { workload: match[1]!, workloadKind: 'Deployment', replicaSet }
    : { workload: replicaSet, workloadKind: 'ReplicaSet', replicaSet };
};

/** The CronJob that a Job's name points to, or the Job itself. */
export const guessJobOwner = (job: string): GuessedOwner => {
  const match = CRON_JOB.exec(job);
  return match ? { workload: match[1]!, workloadKind: 'CronJob' } : { workload: job, workloadKind: 'Job' };
};

/** The workload that a pod's name points to. A Deployment called like a StatefulSet's pod can be taken for one: it is a guess. */
export const guessPodOwner = (pod: string): GuessedOwner => {
  const cron = CRON_JOB_POD.exec(pod);
  if (cron) return { workload: cron[1]!, workloadKind: 'CronJob' };
  const replicas = REPLICA_SET_POD.exec(pod);
  if (replicas) return { workload: replicas[1]!, workloadKind: 'Deployment', replicaSet: `${replicas[1]}-${replicas[2]}` };
  const ordinal = ORDINAL_POD.exec(pod);
  if (ordinal) return { workload: ordinal[1]!, workloadKind: 'StatefulSet' };
  const generated = GENERATED_POD.exec(pod);
  if (generated) return { workload: generated[1]!, workloadKind: '' };
  return { workload: pod, workloadKind: 'Pod' };
};
