import type { ClusterPlan } from './cluster-plan.ts';
import type { NodeState } from './node.ts';
import type { Pod } from './pod.ts';
import { createNodeScraper } from './scrape-nodes.ts';
import { createPodScraper, type PodScraper, type ScrapeContext } from './scrape-pods.ts';
import { createStateScraper } from './scrape-state.ts';
import { createBatchWriter, createSeriesTable, type ScrapeBatch, type SeriesTable } from './series-table.ts';
import { createTarget } from './target.ts';
import type { WorkloadState } from './workload.ts';

/** All targets of the cluster. */
export interface ClusterScraper {
  readonly table: SeriesTable;
  /** Scrapes every target once inside the step whose rates the pods and nodes hold. */
  scrape(fromMs: number, toMs: number): ScrapeBatch;
  /** The pod has been gone for a whole step. */
  forget(pod: Pod): void;
}

export const createClusterScraper = (
  plan: ClusterPlan,
  workloads: readonly WorkloadState[],
  nodes: readonly NodeState[],
  stepMs: number,
): ClusterScraper => {
  const table = createSeriesTable();
  const writer = createBatchWriter();
  const context: ScrapeContext = { plan, table, writer, stepMs };
  const stateScraper = createStateScraper(context);
  const stateTarget = createTarget('kube-state-metrics', plan.seed, stepMs);
  const scrapers = new Map<Pod, PodScraper>();
  const hosts = nodes.map((node) => ({
    node,
    scraper: createNodeScraper(context, node),
    exporter: createTarget(`node-exporter/${node.plan.name}`, plan.seed, stepMs),
    kubelet: createTarget(`kubelet/${node.plan.name}`, plan.seed, stepMs),
  }));

  const scraperOf = (workload: WorkloadState, pod: Pod): PodScraper => {
    let scraper = scrapers.get(pod);
    if (!scraper) {
      scraper = createPodScraper(context, workload.plan, pod, (nodes[pod.node] as NodeState).plan);
      scrapers.set(pod, scraper);
    }
    return scraper;
  };

  return {
    table,
    scrape: (fromMs, toMs) => {
      writer.begin(fromMs, toMs);
      const kubelets = hosts.map((host) => host.kubelet.next(fromMs));
      for (const workload of workloads) {
        for (const pod of workload.pods) {
          if (pod.createdMs >= toMs) continue;
          const scraper = scraperOf(workload, pod);
          const kubelet = kubelets[pod.node] as (typeof kubelets)[number];
          if (kubelet.timeMs >= pod.deletedMs) scraper.vanish(kubelet);
          else if (kubelet.timeMs >= pod.createdMs) scraper.scrapeContainer(kubelet, fromMs);
          scraper.scrapeApplication(fromMs);
        }
      }
      for (const host of hosts) host.scraper.scrape(host.exporter.next(fromMs), fromMs);
      stateScraper.scrape(stateTarget.next(fromMs), workloads, nodes);
      return writer.batch;
    },
    forget: (pod) => {
      stateScraper.forget(pod);
      scrapers.delete(pod);
    },
  };
};
