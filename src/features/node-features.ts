import type { CatalogFeature, Formula } from './catalog.ts';

type Shape = Omit<CatalogFeature, 'formula' | 'otherwise'>;

const node = (name: string, unit: string, unitClass: CatalogFeature['unitClass'], help: string, max?: number): Shape => ({
  name,
  help,
  unit,
  unitClass,
  min: 0,
  ...(max === undefined ? {} : { max }),
  level: 'node',
});

/** The features of a node. Their classes have weight: a node is an entity of its own here, not the context of a pod. */
export const NODE_FEATURES = {
  cpu: node('node_cpu_usage_ratio', 'ratio', 'ratio', 'Share of time in which the CPUs of a node were not idle.', 1),
  memory: node('node_memory_usage_ratio', 'ratio', 'memory_ratio', 'Share of memory that is not available to new processes.', 1),
  // A queue of several requests can count more than one second per second on some drivers, so no upper bound.
  diskIo: node('node_disk_io_ratio', 'ratio', 'ratio', 'Share of time in which the busiest disk had requests in flight.'),
  networkReceive: node(
    'node_network_receive_bytes_per_second',
    'bytes/s',
    'bytes_per_second',
    'Bytes received over the physical interfaces.',
  ),
  networkTransmit: node(
    'node_network_transmit_bytes_per_second',
    'bytes/s',
    'bytes_per_second',
    'Bytes sent over the physical interfaces.',
  ),
  pressureCpu: node('node_pressure_cpu_ratio', 'ratio', 'stall_ratio', 'Share of time in which some task waited for a CPU.', 1),
  pressureMemory: node('node_pressure_memory_ratio', 'ratio', 'stall_ratio', 'Share of time in which some task waited for memory.', 1),
  pressureIo: node('node_pressure_io_ratio', 'ratio', 'stall_ratio', 'Share of time in which some task waited for input or output.', 1),
} as const satisfies Record<string, Shape>;

const sum = (input: string): Formula => ({ kind: 'value', of: { input, combine: 'sum' } });

/** How the node features are made from the raw series of node_exporter. */
export const RAW_NODE_FEATURES: readonly CatalogFeature[] = [
  { ...NODE_FEATURES.cpu, formula: { kind: 'value', of: { input: 'node_cpu_idle', combine: 'mean' }, complement: true } },
  {
    ...NODE_FEATURES.memory,
    formula: {
      kind: 'ratio',
      of: { input: 'node_memory_available', combine: 'sum' },
      over: { input: 'node_memory_total', combine: 'sum' },
      complement: true,
    },
  },
  { ...NODE_FEATURES.diskIo, formula: { kind: 'value', of: { input: 'node_disk_io', combine: 'max' } } },
  { ...NODE_FEATURES.networkReceive, formula: sum('node_network_receive') },
  { ...NODE_FEATURES.networkTransmit, formula: sum('node_network_transmit') },
  { ...NODE_FEATURES.pressureCpu, formula: sum('node_pressure_cpu') },
  { ...NODE_FEATURES.pressureMemory, formula: sum('node_pressure_memory') },
  { ...NODE_FEATURES.pressureIo, formula: sum('node_pressure_io') },
];
