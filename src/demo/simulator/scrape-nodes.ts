import { nodeExporterTarget } from './labels.ts';
import { CPU_MODES, NODE_COUNTER, type NodeState } from './node.ts';
import type { ScrapeContext } from './scrape-pods.ts';
import { createBlock, missBlock, pushBlock, type Scrape } from './target.ts';

/** node_exporter on one node. */
export interface NodeScraper {
  scrape(scrape: Scrape, stepStartMs: number): void;
}

export const createNodeScraper = (context: ScrapeContext, node: NodeState): NodeScraper => {
  const own = nodeExporterTarget(node.plan);
  const cpus = Array.from({ length: node.plan.cores }, (_, cpu) =>
    CPU_MODES.map((mode) => ({ __name__: 'node_cpu_seconds_total', ...own, cpu: String(cpu), mode })),
  );
  const block = createBlock(context.table, [
    ...cpus.flat(),
    { __name__: 'node_memory_MemTotal_bytes', ...own },
    { __name__: 'node_memory_MemAvailable_bytes', ...own },
    { __name__: 'node_disk_io_time_seconds_total', ...own, device: 'nvme0n1' },
    { __name__: 'node_network_receive_bytes_total', ...own, device: 'eth0' },
    { __name__: 'node_network_transmit_bytes_total', ...own, device: 'eth0' },
    { __name__: 'node_network_receive_bytes_total', ...own, device: 'lo' },
    { __name__: 'node_network_transmit_bytes_total', ...own, device: 'lo' },
    { __name__: 'node_pressure_cpu_waiting_seconds_total', ...own },
    { __name__: 'node_pressure_io_waiting_seconds_total', ...own },
    { __name__: 'node_pressure_memory_waiting_seconds_total', ...own },
    { __name__: 'node_uname_info', ...own, nodename: node.plan.name, sysname: 'Linux', machine: 'x86_64', release: '6.8.0' },
  ]);
  const up = createBlock(context.table, [{ __name__: 'up', ...own }]);
  const values = new Float64Array(block.series.length);
  return {
    scrape: (scrape, stepStartMs) => {
      if (scrape.outcome === 'lost') return;
      if (scrape.outcome === 'failed') {
        missBlock(context.writer, block, scrape.timeMs);
        pushBlock(context.writer, up, scrape.timeMs, [0]);
        return;
      }
      const seconds = (scrape.timeMs - stepStartMs) / 1000;
      const at = (index: number): number => (node.totals[index] as number) + (node.rates[index] as number) * seconds;
      const modes = node.cpuTotals.length;
      // The kernel counts in hundredths of a second.
      for (let i = 0; i < modes; i++)
        values[i] = Math.floor(((node.cpuTotals[i] as number) + (node.cpuRates[i] as number) * seconds) * 100) / 100;
      const loopback = Math.floor(at(NODE_COUNTER.receiveBytes) * 0.2);
      values.set(
        [
          node.plan.memoryBytes,
          Math.floor(node.memoryAvailableBytes / 4096) * 4096,
          Math.floor(at(NODE_COUNTER.diskSeconds) * 1000) / 1000,
          Math.floor(at(NODE_COUNTER.receiveBytes)),
          Math.floor(at(NODE_COUNTER.transmitBytes)),
          loopback,
          loopback,
          at(NODE_COUNTER.cpuWaiting),
          at(NODE_COUNTER.ioWaiting),
          at(NODE_COUNTER.memoryWaiting),
          1,
        ],
        modes,
      );
      pushBlock(context.writer, block, scrape.timeMs, values);
      pushBlock(context.writer, up, scrape.timeMs, [1]);
    },
  };
};
