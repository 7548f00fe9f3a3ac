import { CONFIGURATION_KIND } from '../../conventions/index.ts';
import { type Clock, type KubernetesClient, type Logger, toBellwetherError } from '../../platform/index.ts';
import { createPolicyChooser, type Policy, type PolicyConfig } from '../../policy/index.ts';
import { OPEN_REPORTS, POLICY_REPORTS } from '../../scanner/index.ts';
import { checkPolicies } from '../config/load-config.ts';
import type { BackgroundScanConfig } from '../config/schema.ts';
import { writeReports } from '../reports/write-reports.ts';
import { scanCluster } from './scan-cluster.ts';
import { type BackgroundScanInstruments, showScan } from './scan-metrics.ts';
import { createTally } from './tally.ts';

export interface ScanRunDeps {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly instruments: BackgroundScanInstruments;
  readonly pack: readonly Policy[];
}

const SECOND_MS = 1000;
const MAX_TOLD = 20;
const KINDS = { openreports: OPEN_REPORTS, wgpolicy: POLICY_REPORTS } as const;

/** One scan from the policies in force to reports and metrics. Rejects where nothing could be judged, and with `cancelled`. */
export const createScanRun = ({ client, clock, log, instruments: m, pack }: ScanRunDeps, config: BackgroundScanConfig) => {
  const { scan: limits, reports, metrics, cluster } = config;
  const groups = new Map<string, string>(pack.map(({ id, group }) => [id, group]));
  let lastGood: PolicyConfig | undefined;

  /** The resource of the cluster, else the file. One that is wrong changes nothing: what was in force last stays. */
  const policiesInForce = async (signal: AbortSignal): Promise<PolicyConfig> => {
    const nowMs = clock.nowMs();
    const file = (): PolicyConfig => checkPolicies(config.policy, 'policy', nowMs);
    try {
      const resource = await client.find({ ...CONFIGURATION_KIND, name: cluster.policyConfiguration }, { signal });
      lastGood = resource ? checkPolicies(resource.spec, `${CONFIGURATION_KIND.kind} ${cluster.policyConfiguration}`, nowMs) : file();
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      log.warn({ problem: toBellwetherError(thrown).message }, 'the policies of the cluster cannot be had; the last good ones count');
    }
    return lastGood ?? file();
  };

  return async (signal: AbortSignal): Promise<void> => {
    const startedMs = clock.monotonicMs();
    const { selection, namespaces, podSecurityLabels, exceptions, podPaths, kubernetesMinor } = await policiesInForce(signal);
    const tally = createTally(reports);
    const scan = await scanCluster(
      { client, clock },
      {
        ...limits,
        chooser: createPolicyChooser(pack, { selection, rules: namespaces, podSecurityLabels }),
        exceptions,
        exceptionMaxDays: cluster.exceptionMaxDays,
        podPaths,
        ...(kubernetesMinor === undefined ? {} : { kubernetesMinor }),
      },
      tally,
      signal,
    );
    for (const { kind, error } of scan.unread) log.warn({ kind, code: error.code, problem: error.message }, 'a kind could not be listed');
    for (const problem of scan.invalidExceptions.slice(0, MAX_TOLD)) log.warn({ problem }, 'an exception is not in force');
    if (!scan.judgedTogether) log.warn({ unread: scan.unread.length }, 'policies that look at several objects were left out');
    const found = tally.namespaces();
    showScan(m, scan, tally, metrics.maxSeries, clock.nowMs());
    const written = reports.api === 'none' ? undefined : await report(reports.api, found, signal);
    m.backgroundScanReports.set(written ?? 0);
    const seconds = (clock.monotonicMs() - startedMs) / SECOND_MS;
    m.backgroundScanDuration.set(seconds);
    log.info(
      { objects: scan.objects, findings: tally.findings, reports: written, leftOut: tally.leftOut(), seconds },
      'scanned the cluster',
    );
  };

  async function report(
    api: keyof typeof KINDS,
    found: Parameters<typeof writeReports>[2],
    signal: AbortSignal,
  ): Promise<number | undefined> {
    let failures = 0;
    return await writeReports(
      {
        client,
        groups,
        onWrite: (operation) => m.backgroundScanReportWrites.inc({ operation }),
        onFailure: (what, error) => {
          m.backgroundScanReportFailures.inc({ reason: error.code });
          failures += 1;
          if (failures <= MAX_TOLD) log.warn({ report: what, code: error.code, problem: error.message }, 'a report could not be written');
        },
      },
      KINDS[api],
      found,
      signal,
    );
  }
};
