import type { FrameFeature } from '../conventions/index.ts';

/** What a metric has to do with load: it measures it, it rises with it, it suffers from it (waiting grows faster than load), or nothing. */
export type LoadRole = 'measures' | 'follows' | 'suffers' | 'none';

/** Traffic of a workload: requests, packets and bytes on its network; not disk, which caches and batches move. */
const TRAFFIC = /network|requests/;
const TRAFFIC_CLASSES = new Set(['requests_per_second', 'bytes_per_second', 'per_second']);
const FOLLOWING_CLASSES = new Set(['cpu_cores', 'syscalls']);
const SUFFERING_CLASSES = new Set(['seconds', 'stall_ratio', 'error_ratio']);
const DISK = /(^|_)(fs|disk)_/;
/** The feature that says how much of its CPU limit a workload uses, under whatever prefix a recording gives it. */
export const CPU_LIMIT_RATIO = /(^|_)cpu_limit_usage_ratio$/;
const CPU_RATIO = /cpu.*usage_ratio/;

export const loadRoleOf = ({ name, unitClass }: FrameFeature): LoadRole => {
  if (TRAFFIC_CLASSES.has(unitClass) && TRAFFIC.test(name)) return 'measures';
  if (SUFFERING_CLASSES.has(unitClass)) return 'suffers';
  if (unitClass === 'bytes_per_second' && DISK.test(name)) return 'follows';
  return FOLLOWING_CLASSES.has(unitClass) || CPU_RATIO.test(name) ? 'follows' : 'none';
};

/** Near saturation waiting grows with about the third power of load; falling load explains nothing of waiting. */
const SUFFERING_POWER = 3;

/** The factor that load explains of a metric in that role. */
export const explainedFactor = (role: LoadRole, factor: number): number => {
  if (role === 'suffers') return factor > 1 ? factor ** SUFFERING_POWER : 1;
  return role === 'none' ? 1 : factor;
};
