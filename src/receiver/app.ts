import { Registry } from 'prom-client';
import { createAlertmanagerClient } from '../alertmanager/index.ts';
import { MITIGATION_METRICS, PROCESS_METRICS, RECEIVER_METRICS, RUNTIME_EVENT_METRICS, VERSION } from '../conventions/index.ts';
import {
  BellwetherError,
  type Clock,
  createGroupCommit,
  createHttpClient,
  createLiveConfig,
  type Database,
  type Listener,
  type Logger,
  listen,
  migrate,
  randomId,
  StoreError,
  sendMail,
  systemRandom,
  toBellwetherError,
  type Validation,
} from '../platform/index.ts';
import { createInstruments, createSelfApp, type ProcessMetrics, registerProcessMetrics } from '../web/index.ts';
import { createReceiverApi } from './api-app.ts';
import { createGuard } from './auth/guard.ts';
import { createOidcVerifier } from './auth/oidc.ts';
import { createRateLimit } from './auth/rate-limit.ts';
import { type ServedCertificate, serveCertificate } from './auth/serve-certificate.ts';
import { createSigner } from './auth/signature.ts';
import { openTokenTable, type TokenTable } from './auth/token-table.ts';
import { RECEIVER_LIVE_KEYS, type ReceiverConfig } from './config/schema.ts';
import { runReceiverLoops } from './loop/receiver-loops.ts';
import { createMitigationDesk, type MitigationCluster } from './mitigation/mitigation-desk.ts';
import type { ChannelDeps } from './notify/channel.ts';
import { channelSecrets } from './notify/senders.ts';
import { createClickDesk } from './notify/slack/click-desk.ts';
import { slackAccess } from './notify/slack/slack-access.ts';
import { runSlackSocket } from './notify/slack/slack-socket.ts';
import type { ReceiverInstruments } from './receiver-instruments.ts';
import type { ReceiverParts } from './receiver-parts.ts';
import { createSilenceWriter } from './silences/silence-writer.ts';
import { RECEIVER_SCHEMA } from './store/schema.ts';
import { secretOf } from './store/secret.ts';
import { logName } from './store/verdict-store.ts';
import { createVerdictLinks } from './verdicts/links.ts';
import { createVerdictBook } from './verdicts/verdict-book.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
/** Requests that may come at once are ten seconds' worth: a script that pages through a list is no attack. */
const BURST_SECONDS = 10;
/** Wrong tokens of one address: one in six seconds, ten at once. */
const FAILURES_PER_SECOND = 1 / 6;
const FAILURE_BURST = 10;
/** A store that is locked or away at start is tried again: the pod before may still be ending. */
const OPEN_RETRY_MS = 1_000;

/** Takes part in choosing one of several replicas. */
export interface Leadership {
  readonly isLeader: boolean;
  run(signal: AbortSignal): Promise<void>;
}

export interface ReceiverDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Opens the configured store. */
  readonly openDatabase: () => Promise<Database>;
  /** Undefined: this replica is the only one. */
  readonly leadership?: (onChange: (leads: boolean) => void) => Leadership;
  /** Where mitigations act; absent where they are not configured. */
  readonly mitigation?: MitigationCluster;
}

export interface ReceiverAddresses {
  readonly api: string;
  readonly self: string;
}

export interface ReceiverApp {
  /** Resolves once it listens; the store is opened after that. Rejects with `invalid_config`. */
  start(): Promise<ReceiverAddresses>;
  /** May be called twice. */
  stop(): Promise<void>;
  reload(result: Validation<ReceiverConfig>): void;
}

/** The receiver: alerts in, verdicts in, both kept, and given to those who learn from them. */
export const createReceiverApp = (
  { clock, log, openDatabase, leadership: choose, mitigation }: ReceiverDeps,
  initial: ReceiverConfig,
): ReceiverApp => {
  const registry = new Registry();
  const m: ReceiverInstruments = {
    ...createInstruments(PROCESS_METRICS, registry),
    ...createInstruments(RECEIVER_METRICS, registry),
    ...createInstruments(RUNTIME_EVENT_METRICS, registry),
    ...createInstruments(MITIGATION_METRICS, registry),
  };
  const live = createLiveConfig(initial, RECEIVER_LIVE_KEYS, log, ({ log: { level } }) => {
    log.level = level;
  });
  const config = (): ReceiverConfig => live.current;
  const stopping = new AbortController();
  const listeners: Listener[] = [];
  let state: string | undefined = 'opening_store';
  let broken: string | undefined;
  let database: Database | undefined;
  let tokens: TokenTable | undefined;
  let processMetrics: ProcessMetrics | undefined;
  let work: Promise<unknown> = Promise.resolve();
  let stopped: Promise<void> | undefined;
  let certificate: ServedCertificate | undefined;
  let apiUrl = '';

  const leadership = choose?.((leads) => {
    m.leaderChanges.inc();
    m.leader.set(leads ? 1 : 0);
  });
  const notReady = (): string | undefined => state ?? (leadership && !leadership.isLeader ? 'not_leader' : undefined);

  const { alertmanager, exporter: exporterConfig } = initial;
  const alertmanagerHttp = createHttpClient({
    ...(alertmanager.bearerTokenFile === undefined ? {} : { bearerTokenFile: alertmanager.bearerTokenFile }),
    ...(alertmanager.caFile === undefined ? {} : { tls: { caFile: alertmanager.caFile } }),
  });
  const exporterHttp = exporterConfig.url === undefined ? undefined : createHttpClient();
  const notifyHttp = createHttpClient();
  const { oidc } = initial.auth;
  const oidcHttp = oidc && createHttpClient(oidc.caFile === undefined ? {} : { tls: { caFile: oidc.caFile } });
  const client =
    alertmanager.urls.length === 0
      ? undefined
      : createAlertmanagerClient(
          { http: alertmanagerHttp },
          { urls: alertmanager.urls, timeoutMs: alertmanager.timeoutSeconds * SECOND_MS },
        );

  /** Opens the store, waiting for it where that can help. */
  const openStore = async (): Promise<Database | undefined> => {
    let said = '';
    while (!stopping.signal.aborted) {
      try {
        const opened = await openDatabase();
        try {
          await migrate(opened, RECEIVER_SCHEMA, clock.nowMs());
          return opened;
        } catch (error) {
          await opened.close();
          throw error;
        }
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        // A newer schema or damage does not go away by waiting; whoever looks after it has to decide.
        m.storeFailures.inc({ reason: error instanceof StoreError ? error.reason : 'other' });
        state = error instanceof StoreError ? `store_${error.reason}` : 'store_refused';
        if (error.message !== said) log.error({ err: error }, 'the store cannot be opened; it is tried again');
        said = error.message;
        if (!(error instanceof StoreError)) throw error;
        await clock.sleep(OPEN_RETRY_MS, stopping.signal);
      }
    }
    return undefined;
  };

  const serve = async (): Promise<void> => {
    const opened = await openStore();
    if (!opened) return;
    database = opened;
    const commit = createGroupCommit(opened);
    const signer = createSigner(await secretOf(opened, randomId() + randomId()));
    const { auth } = initial;
    const failures = createRateLimit(
      clock,
      () => FAILURES_PER_SECOND,
      () => FAILURE_BURST,
    );
    const slack = slackAccess(config);
    const channels: ChannelDeps = { http: notifyHttp, mail: sendMail, ...channelSecrets, ...slack };
    const guard = createGuard(
      {
        tokens: { identify: (token) => tokens?.identify(token) },
        oidc: oidcHttp && auth.oidc && createOidcVerifier({ http: oidcHttp, clock }, auth.oidc),
        clients: (name) => auth.clients.find((client) => client.name === name),
        signer,
        clock,
        requests: createRateLimit(
          clock,
          () => config().auth.requestsPerSecond,
          () => config().auth.requestsPerSecond * BURST_SECONDS,
        ),
        failures,
        onRefused: (reason) => m.refusedRequests.inc({ reason }),
      },
      { sessionMs: () => config().auth.sessionHours * HOUR_MS },
    );
    if (auth.tokens.length + auth.clients.length === 0 && !auth.oidc) log.warn('auth.tokens and auth.clients are empty: nobody is let in');
    const book = createVerdictBook({ commit, clock }, { maxWeightPerDay: () => config().verdicts.maxWeightPerDay });
    let fedUpTo = 0;
    const isLeader = (): boolean => notReady() === undefined;
    const desk =
      mitigation &&
      createMitigationDesk({ ...mitigation, config, parts: { commit, database: opened }, instruments: m, clock, log, isLeader });
    const parts: ReceiverParts = {
      config,
      database: opened,
      commit,
      guard,
      book,
      links: createVerdictLinks({ signer, commit, clock }, { lifeMs: () => config().verdicts.linkHours * HOUR_MS }),
      client,
      silences: client && createSilenceWriter({ client, commit, clock }),
      mitigations: desk,
      log: await logName(opened, randomId()),
      onFeedRead: (after) => {
        fedUpTo = Math.max(fedUpTo, after);
      },
      notReady,
      instruments: m,
      clock,
      logger: log,
      stopping: stopping.signal,
      baseUrl: () => (config().listen.baseUrl ?? apiUrl).replace(/\/+$/, ''),
    };
    const clicks = createClickDesk({ ...parts, http: notifyHttp });
    api.open(parts, { channels, clicks, signingSecret: slack.signingSecret, failures });
    if (opened.kind === 'sqlite') m.storeLimit.set(initial.store.maxBytes);
    m.storeBytes.set(await opened.usedBytes());
    state = undefined;
    log.info({ store: opened.kind }, 'ready to take alerts');
    const socket = runSlackSocket(
      { ...slack, config, instruments: m, http: notifyHttp, clicks, clock, log, random: systemRandom, isOn: isLeader },
      stopping.signal,
    );
    await runReceiverLoops(
      {
        config,
        database: opened,
        parts,
        channels,
        client,
        exporter: exporterHttp,
        instruments: m,
        clock,
        log,
        isOn: () => notReady() === undefined,
        fedUpTo: () => fedUpTo,
      },
      stopping.signal,
    );
    await socket;
    await clicks.settled();
  };

  const api = createReceiverApi({ instruments: m, clock, log, notReady: () => notReady() ?? 'opening_store' });
  const renderSelf = (): Promise<string> => {
    const reason = notReady();
    m.receiverReady.set(reason === undefined ? 1 : 0);
    m.receiverNotReady.reset();
    if (reason !== undefined) m.receiverNotReady.set({ reason }, 1);
    m.leader.set(!leadership || leadership.isLeader ? 1 : 0);
    m.eventLoopBlock.set(processMetrics?.takeLongestBlockSeconds() ?? 0);
    return registry.metrics();
  };

  const open = async (name: string, port: number, handler: Parameters<typeof listen>[0]): Promise<string> => {
    const listener = await listen(handler, { host: initial.listen.host, port, name });
    listeners.push(listener);
    return listener.url;
  };

  const openApi = async (): Promise<string> => {
    const { tls, host, apiPort: port } = initial.listen;
    if (!tls) return await open('api', port, api.app);
    certificate = await serveCertificate(api.app, tls, { host, port, name: 'api' }, { clock, log });
    listeners.push(certificate.listener);
    return certificate.listener.url;
  };

  const stop = async (): Promise<void> => {
    state = 'stopping';
    certificate?.close();
    stopping.abort();
    await Promise.all(listeners.map((listener) => listener.close()));
    await work;
    await database?.close();
    tokens?.close();
    processMetrics?.stop();
    await alertmanagerHttp.close();
    await exporterHttp?.close();
    await notifyHttp.close();
    await oidcHttp?.close();
  };

  return {
    start: async () => {
      processMetrics = registerProcessMetrics(registry);
      m.buildInfo.set({ version: VERSION, nodeversion: process.version }, 1);
      try {
        tokens = await openTokenTable(initial.auth.tokens, { clock, log });
        const self = await open(
          'self',
          initial.listen.selfPort,
          createSelfApp({ instruments: m, clock, broken: () => broken, notReady, render: renderSelf }),
        );
        apiUrl = await openApi();
        // Until it comes for the first time: an alert needs a while to be sent.
        m.watchdog.set(clock.nowMs() / SECOND_MS);
        m.configReloadOk.set(1);
        m.configReloadTime.set(clock.nowMs() / SECOND_MS);
        log.info({ api: apiUrl, self }, 'listening');
        work = Promise.all([
          leadership?.run(stopping.signal),
          serve().catch((thrown: unknown) => {
            const error = toBellwetherError(thrown);
            broken = error instanceof BellwetherError && error.code === 'invalid_config' ? undefined : 'the work has ended';
            state = 'store_refused';
            log.fatal({ err: error }, 'the receiver cannot work');
          }),
        ]);
        return { api: apiUrl, self };
      } catch (error) {
        await Promise.all(listeners.map((listener) => listener.close()));
        throw error;
      }
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    reload: (result) => {
      m.cycles.inc({ loop: 'config' });
      const outcome = live.apply(result);
      m.configReloadOk.set(outcome.ok ? 1 : 0);
      if (!outcome.ok) {
        m.cycleFailures.inc({ loop: 'config', reason: 'invalid_config' });
        return;
      }
      m.configReloadTime.set(clock.nowMs() / SECOND_MS);
      m.cycleLastSuccess.set({ loop: 'config' }, clock.nowMs() / SECOND_MS);
      m.configRestartRequired.set(outcome.restartRequired.length);
    },
  };
};
