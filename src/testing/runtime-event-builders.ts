import { formatTime } from '../platform/index.ts';
import type { RuntimeEvent } from '../runtime-events/index.ts';

/** An event with what a test is about. */
export const makeRuntimeEvent = (parts: Partial<RuntimeEvent> = {}): RuntimeEvent => {
  const timeMs = parts.timeMs ?? 1_772_582_400_000;
  return {
    id: `event-${Math.floor(timeMs)}-${parts.execId ?? ''}-${parts.type ?? 'exec'}`,
    source: 'tetragon',
    type: 'exec',
    time: formatTime(timeMs),
    timeMs,
    node: 'node-a',
    namespace: 'shop',
    pod: 'cart-7d4b9c-x2x4z',
    container: 'cart',
    workload: 'cart',
    workloadKind: 'Deployment',
    subject: '/usr/bin/curl',
    detail: 'https://example.org',
    policy: '',
    action: '',
    execId: 'exec-1',
    parentExecId: '',
    pid: 42,
    uid: 0,
    count: 1,
    ...parts,
  };
};
