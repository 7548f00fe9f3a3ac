import type { FlowTable } from '../features/flow-table.ts';
import { createEndpointWindows, type EndpointWindow } from './endpoint-windows.ts';

/** A window with what its flows are. */
export interface JudgedWindow extends EndpointWindow {
  /** Most frequent family of its attack flows; empty where there is none. */
  readonly family: string;
  /** Share of flows of attacks. */
  readonly attackShare: number;
}

const familyOf = (families: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const family of families) if (family !== '') counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
};

/** All windows of a table whose rows are in the order in which flows end. */
export const windowsOf = (table: FlowTable): JudgedWindow[] => {
  const windows = createEndpointWindows();
  return Array.from({ length: table.matrix.count }, (_, row) => row).flatMap((row) => {
    const window = windows.add(table, row);
    if (!window) return [];
    const families = window.rows.map((each) => table.families[each]!);
    return [{ ...window, family: familyOf(families), attackShare: families.filter((family) => family !== '').length / families.length }];
  });
};

/**
 * Numbers of windows, each lowered to that of the window before of the same endpoint: what speaks of an attack in one window alone is chance more often than not, and a
 * flood fills the next one within seconds. A first window has nothing before it and counts for nothing.
 */
export const twiceInARow = (windows: readonly Pick<EndpointWindow, 'endpoint'>[], values: ArrayLike<number>): Float64Array => {
  const before = new Map<string, number>();
  return Float64Array.from(windows, ({ endpoint }, i) => {
    const last = before.get(endpoint) ?? Number.NEGATIVE_INFINITY;
    before.set(endpoint, values[i]!);
    return Math.min(last, values[i]!);
  });
};
