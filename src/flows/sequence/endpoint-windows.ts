import { STRICT_FEATURES } from '../features/catalogue.ts';
import type { FlowTable } from '../features/flow-table.ts';

/** Flows of a window. */
export const WINDOW_LENGTH = 16;

/** What a step says beside the flow's own numbers; addresses and ports are compared, never read. */
export const STEP_EXTRAS = [
  'seconds since the flow before of this endpoint ended',
  'same client as the flow before',
  'same port as the flow before',
  'share of new clients in the window so far',
] as const;

/** Numbers per step: the strict features, then `STEP_EXTRAS`. */
export const STEP_WIDTH = STRICT_FEATURES.length + STEP_EXTRAS.length;

const DURATION = STRICT_FEATURES.findIndex(({ name }) => name === 'Flow Duration');
/** Endpoints that are remembered; each needs 5 kB. */
const MAX_ENDPOINTS = 10_000;

/** Flows of one service address, not yet enough for a window. */
interface Filling {
  data: Float32Array;
  rows: number[];
  clients: Set<string>;
  lastEndMs: number;
  lastClient: string;
  lastPort: number;
}

export interface EndpointWindow {
  /** Address of the service. */
  readonly endpoint: string;
  /** `WINDOW_LENGTH` x `STEP_WIDTH` numbers, oldest flow first. */
  readonly data: Float32Array;
  /** Rows of the flows, as they were given. */
  readonly rows: readonly number[];
  /** When its last flow ended, Unix milliseconds. */
  readonly endMs: number;
}

export interface EndpointWindows {
  /** Takes a flow, in the order in which flows end; gives the window that it completes. Windows of an endpoint do not overlap. */
  add(table: FlowTable, row: number): EndpointWindow | undefined;
}

/** Cuts the flows of each service address into windows. */
export const createEndpointWindows = (): EndpointWindows => {
  const filling = new Map<string, Filling>();
  return {
    add: (table, row) => {
      const { client, service: endpoint, port } = table.conversations[row]!;
      const offset = row * table.matrix.width;
      const endMs = table.startsMs[row]! + Math.expm1(table.matrix.data[offset + DURATION]!) / 1000;
      let own = filling.get(endpoint);
      if (!own) {
        if (filling.size >= MAX_ENDPOINTS) filling.delete(filling.keys().next().value!);
        own = {
          data: new Float32Array(WINDOW_LENGTH * STEP_WIDTH),
          rows: [],
          clients: new Set(),
          lastEndMs: endMs,
          lastClient: '',
          lastPort: -1,
        };
        filling.set(endpoint, own);
      }
      const step = own.rows.length;
      own.clients.add(client);
      own.data.set(table.matrix.data.subarray(offset, offset + STRICT_FEATURES.length), step * STEP_WIDTH);
      const extras = [
        Math.log1p(Math.max(0, endMs - own.lastEndMs) / 1000),
        client === own.lastClient ? 1 : 0,
        port === own.lastPort ? 1 : 0,
        own.clients.size / (step + 1),
      ];
      own.data.set(extras, step * STEP_WIDTH + STRICT_FEATURES.length);
      own.rows.push(row);
      Object.assign(own, { lastEndMs: endMs, lastClient: client, lastPort: port });
      if (own.rows.length < WINDOW_LENGTH) return undefined;
      const window = { endpoint, data: own.data, rows: own.rows, endMs };
      Object.assign(own, { data: new Float32Array(WINDOW_LENGTH * STEP_WIDTH), rows: [], clients: new Set() });
      return window;
    },
  };
};
