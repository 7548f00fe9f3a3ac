import { createHash } from 'node:crypto';
import { clip, isFields, numberOf, textOf, timeOf } from '../fields.ts';
import { MAX_DETAIL, MAX_SUBJECT, type ParsedEvent } from '../runtime-event.ts';

const MAX_NAME = 253;

/** Kinds whose name is that of a workload; of a pod the name is kept as the pod. */
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'ReplicationController']);

/**
 * A Kubernetes Event (`v1`). It is one object that is written again when the same thing happens again, so its number of times is part of what it is: each
 * repetition is an event of its own, with the time of the last one.
 */
export const parseKubernetesEvent = (object: unknown): ParsedEvent => {
  if (!isFields(object) || !isFields(object.metadata)) return { refused: 'not_an_event' };
  const { metadata } = object;
  const about = isFields(object.involvedObject) ? object.involvedObject : undefined;
  if (!about || typeof object.reason !== 'string') return { refused: 'wrong_type' };
  const series = isFields(object.series) ? object.series : {};
  const source = isFields(object.source) ? object.source : {};
  const times = [series.lastObservedTime, object.lastTimestamp, object.eventTime, object.firstTimestamp, metadata.creationTimestamp];
  const time = times.find((one) => timeOf(one) !== undefined);
  if (typeof time !== 'string') return { refused: 'bad_time' };
  const count = Math.min(1_000_000_000, Math.max(1, numberOf(series.count) ?? numberOf(object.count) ?? 1));
  const kind = textOf(about.kind, 63);
  const name = textOf(about.name, MAX_NAME);
  const key = `${textOf(metadata.uid, 64) || `${textOf(metadata.namespace, MAX_NAME)}/${textOf(metadata.name, MAX_NAME)}`} ${count} ${time}`;
  return {
    event: {
      id: createHash('sha256').update(key).digest('hex').slice(0, 32),
      source: 'kubernetes',
      type: object.type === 'Warning' ? 'warning' : 'normal',
      time,
      timeMs: timeOf(time) ?? 0,
      node: kind === 'Node' ? name : textOf(source.host, MAX_NAME),
      namespace: textOf(about.namespace, MAX_NAME),
      pod: kind === 'Pod' ? name : '',
      container: /^spec\.(?:init)?[cC]ontainers\{(.{1,253})\}$/.exec(textOf(about.fieldPath, 300))?.[1] ?? '',
      workload: WORKLOADS.has(kind) ? name : '',
      workloadKind: WORKLOADS.has(kind) ? kind : '',
      subject: clip(object.reason, MAX_SUBJECT),
      detail: clip(
        kind === 'Pod' || WORKLOADS.has(kind)
          ? textOf(object.message, MAX_DETAIL)
          : `${kind} ${name}: ${textOf(object.message, MAX_DETAIL)}`,
        MAX_DETAIL,
      ),
      policy: '',
      action: '',
      execId: '',
      parentExecId: '',
      pid: null,
      uid: null,
      count,
    },
  };
};
