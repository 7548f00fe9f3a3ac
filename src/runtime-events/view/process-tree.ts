import type { RuntimeEvent } from '../runtime-event.ts';

/** A process, what is known of it, and what it started. */
export interface ProcessNode {
  readonly execId: string;
  readonly binary: string;
  readonly arguments: string;
  readonly pod: string;
  readonly namespace: string;
  readonly pid: number | null;
  /** As the source wrote them; empty where the beginning or the end was not seen. */
  readonly started: string;
  readonly ended: string;
  readonly endedBy: string;
  /** Tracing policies that were reached, with what was done. */
  readonly hits: readonly { readonly time: string; readonly policy: string; readonly detail: string; readonly action: string }[];
  readonly children: readonly ProcessNode[];
}

interface Growing extends Omit<ProcessNode, 'hits' | 'children'> {
  binary: string;
  arguments: string;
  started: string;
  ended: string;
  endedBy: string;
  parent: string;
  order: number;
  readonly hits: { time: string; policy: string; detail: string; action: string }[];
}

/** One process may reach a hook a million times. */
const MAX_HITS = 50;
/** A chain of more is made up: exec ids come from outside. */
const MAX_DEPTH = 200;

/** Processes by who started whom, oldest first; those whose parent was not seen stand at the top. Ids that lead in a circle are cut open. */
export const processTree = (events: readonly RuntimeEvent[]): readonly ProcessNode[] => {
  const known = new Map<string, Growing>();
  for (const event of events) {
    if (event.source !== 'tetragon' || event.execId === '') continue;
    let node = known.get(event.execId);
    if (!node) {
      const { execId, pod, namespace, pid } = event;
      node = {
        execId,
        binary: event.subject,
        arguments: '',
        pod,
        namespace,
        pid,
        started: '',
        ended: '',
        endedBy: '',
        parent: event.parentExecId,
        order: event.timeMs,
        hits: [],
      };
      known.set(execId, node);
    }
    // An exit seen first names no parent, and events may come newest first.
    node.parent ||= event.parentExecId;
    node.order = Math.min(node.order, event.timeMs);
    if (event.type === 'exec') [node.started, node.arguments, node.binary] = [event.time, event.detail, event.subject];
    else if (event.type === 'exit') [node.ended, node.endedBy] = [event.time, event.detail];
    else if (event.type === 'policy' && node.hits.length < MAX_HITS)
      node.hits.push({ time: event.time, policy: event.policy, detail: event.detail, action: event.action });
  }
  const children = new Map<string, Growing[]>();
  const isTop = ({ execId, parent }: Growing): boolean => parent === '' || parent === execId || !known.has(parent);
  for (const node of known.values()) if (!isTop(node)) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  const byTime = (nodes: readonly Growing[]): readonly Growing[] => [...nodes].sort((a, b) => a.order - b.order);
  const seen = new Set<string>();
  const grow = (node: Growing, depth: number): ProcessNode => {
    seen.add(node.execId);
    const { parent: _, order: __, ...rest } = node;
    const below = depth >= MAX_DEPTH ? [] : byTime(children.get(node.execId) ?? []).filter(({ execId }) => !seen.has(execId));
    return { ...rest, children: below.map((child) => grow(child, depth + 1)) };
  };
  const tops = byTime([...known.values()].filter(isTop)).map((node) => grow(node, 0));
  // What is left is part of a circle, or below the greatest depth.
  for (const node of byTime([...known.values()])) if (!seen.has(node.execId)) tops.push(grow(node, 0));
  return tops;
};
