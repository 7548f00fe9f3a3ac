import {
  type BellwetherError,
  type Clock,
  createObjectMirror,
  describeProblems,
  type KubernetesClient,
  type Listener,
  type Logger,
  listen,
  listenSecure,
  type Random,
  type SecureListener,
  type ServerCertificate,
  type Validation,
} from '../platform/index.ts';
import { type Policy, type PolicyConfig, parsePolicyConfig } from '../policy/index.ts';
import { createSelfApp, type ProcessMetrics, registerProcessMetrics } from '../web/index.ts';
import { watchConfiguration } from './cluster/watch-configuration.ts';
import { watchExceptions } from './cluster/watch-exceptions.ts';
import type { AdmissionConfig } from './config/schema.ts';
import { createReviewListener } from './http/review-listener.ts';
import { createPolicyState } from './review/policy-state.ts';
import { createReviewer } from './review/reviewer.ts';
import { createSelfMetrics } from './self/self-metrics.ts';
import { runCertificateLoop } from './tls/certificate-loop.ts';

const SECOND_MS = 1000;
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' } as const;

export interface AdmissionDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pack: readonly Policy[];
  /** Undefined where `cluster.enabled` is false. */
  readonly client?: KubernetesClient;
}

export interface AdmissionAddresses {
  readonly self: string;
  /** Of the reviews; undefined until there is a certificate. */
  readonly reviews: string | undefined;
}

export interface AdmissionApp {
  /** Resolves once reviews are answered, or the signal of `stop` came first. Rejects with `invalid_config` where a port cannot be taken. */
  start(): Promise<AdmissionAddresses>;
  stop(): Promise<void>;
  reload(result: Validation<AdmissionConfig>): void;
}

/** The admission webhook: certificate, policies and exceptions kept up to date, reviews answered. */
export const createAdmissionApp = (deps: AdmissionDeps, initial: AdmissionConfig): AdmissionApp => {
  const { clock, random, log, client } = deps;
  const { registry, instruments: m } = createSelfMetrics(process.version);
  let config = initial;
  let fromCluster: PolicyConfig | undefined;
  const filePolicies = (): PolicyConfig => parsePolicyConfig(config.policy, 'policy', clock.nowMs());
  const state = createPolicyState(deps.pack, filePolicies());
  const namespaces =
    client && createObjectMirror({ client, clock, random }, NAMESPACE, { onError: (error) => watchFailed('Namespace', error) });
  const reviewer = createReviewer(
    {
      clock,
      log,
      state: () => state.current,
      namespace: (name) => namespaces?.get(name),
      ...(client ? { client } : {}),
      instruments: m,
    },
    () => config.review,
  );
  const stopping = new AbortController();
  const listeners: Listener[] = [];
  let reviews: SecureListener | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let processMetrics: ProcessMetrics | undefined;
  let stopped: Promise<void> | undefined;

  const watchFailed = (kind: string, error: BellwetherError): void => {
    m.cycleFailures.inc({ loop: `watch_${kind.toLowerCase()}`, reason: error.code });
    // A cluster without our custom resources is a usual one.
    if (error.code !== 'not_found') log.warn({ kind, problem: error.message }, 'a watch failed and is begun anew');
  };
  const notReady = (): string | undefined => {
    if (stopping.signal.aborted) return 'stopping';
    if (!reviews) return 'no_certificate';
    return namespaces && !namespaces.isSynced ? 'namespaces_unknown' : undefined;
  };
  const render = (): Promise<string> => {
    m.admissionReady.set(notReady() === undefined ? 1 : 0);
    m.admissionPolicies.set(state.current.chooser.in(undefined).size);
    for (const [key, value] of Object.entries(state.countExceptions(clock.nowMs()))) m.admissionExceptions.set({ state: key }, value);
    m.eventLoopBlock.set(processMetrics?.takeLongestBlockSeconds() ?? 0);
    return registry.metrics();
  };

  const onCertificate = async (certificate: ServerCertificate): Promise<void> => {
    if (reviews) return reviews.use(certificate);
    const { host, port } = initial.listen;
    const handler = createReviewListener({ reviewer, clock, log, instruments: m }, () => config.review);
    reviews = await listenSecure(handler, certificate, { host, port, name: 'reviews' });
    listeners.push(reviews);
    log.info({ reviews: reviews.url }, 'reviews are answered');
  };

  const runLoops = (signal: AbortSignal): Promise<unknown> => {
    const watching = client && { client, clock, random, log, onError: watchFailed };
    const { certificates, cluster } = initial;
    return Promise.all([
      namespaces?.run(signal),
      watching && cluster.exceptions && watchExceptions(watching, cluster.exceptionMaxDays, state.setExceptions, signal),
      watching &&
        watchConfiguration(
          watching,
          cluster.policyConfiguration,
          (found) => {
            state.configure(found ?? filePolicies());
            fromCluster = found;
          },
          signal,
        ),
      runCertificateLoop(
        { clock, log, instruments: m, ...(client ? { client } : {}), onCertificate },
        certificates,
        cluster.namespace ?? client?.namespace,
        signal,
      ),
    ]);
  };

  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
    await Promise.all(listeners.map((listener) => listener.close()));
    processMetrics?.stop();
    await client?.close();
  };

  return {
    start: async () => {
      processMetrics = registerProcessMetrics(registry);
      const { host, selfPort } = initial.listen;
      const selfApp = createSelfApp({ instruments: m, clock, broken: () => undefined, notReady, render });
      const self = await listen(selfApp, { host, port: selfPort, name: 'self' });
      listeners.push(self);
      m.configReloadOk.set(1);
      m.configReloadTime.set(clock.nowMs() / SECOND_MS);
      running = runLoops(stopping.signal);
      while (notReady() !== undefined && !stopping.signal.aborted) await clock.sleep(20, stopping.signal);
      return { self: self.url, reviews: reviews?.url };
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    reload: (result) => {
      m.cycles.inc({ loop: 'config' });
      m.configReloadOk.set(result.ok ? 1 : 0);
      if (!result.ok) {
        m.cycleFailures.inc({ loop: 'config', reason: 'invalid_config' });
        log.error(
          { problems: describeProblems(result.problems, 'the changed configuration') },
          'configuration not accepted; the last good one stays in force',
        );
        return;
      }
      const { listen: _listen, certificates, cluster } = result.value;
      const fixed = { listen: initial.listen, certificates: initial.certificates, cluster: initial.cluster };
      const restart = Object.entries({ listen: _listen, certificates, cluster }).filter(
        ([key, value]) => JSON.stringify(value) !== JSON.stringify(fixed[key as keyof typeof fixed]),
      );
      config = { ...result.value, ...fixed };
      log.level = config.log.level;
      if (!fromCluster) state.configure(filePolicies());
      m.configReloadTime.set(clock.nowMs() / SECOND_MS);
      m.cycleLastSuccess.set({ loop: 'config' }, clock.nowMs() / SECOND_MS);
      m.configRestartRequired.set(restart.length);
      if (restart.length > 0)
        log.warn({ keys: restart.map(([key]) => key) }, 'these sections changed, but take effect only after a restart');
      else log.info('configuration applied');
    },
  };
};
