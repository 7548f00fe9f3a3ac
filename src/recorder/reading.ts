import { defaultCatalog, type FeatureCatalog, recordedCatalog } from '../features/index.ts';
import { BellwetherError, type HttpClientOptions } from '../platform/index.ts';
import type { PrometheusSourceOptions } from '../prometheus/index.ts';

/** What an exporter configuration says about reading. */
export interface RecorderConfig {
  readonly catalog: FeatureCatalog;
  readonly http: HttpClientOptions;
  readonly prometheus: PrometheusSourceOptions;
  /** Exporters that share the workloads, and which of them the file is for. */
  readonly sharding?: { readonly shards: number; readonly index?: number | undefined };
}

/** What a command line says of the server to read from. */
export interface ReadingFlags {
  readonly prometheus?: string;
  readonly config?: string;
  readonly recordedRules?: boolean;
  readonly bearerTokenFile?: string;
  readonly tenant?: string;
}

// A slice of an hour of a large cluster at leisure: nobody waits for a tick here.
const READ_TIMEOUT_MS = 120_000;
const READ_MAX_BYTES = 1 << 30;

/** The configuration file, and what the command line says on top of it. Rejects with `invalid_input` where no server is named. */
export const readingOf = async (
  { loadConfig }: { readonly loadConfig?: (path: string) => Promise<RecorderConfig> },
  flags: ReadingFlags,
): Promise<RecorderConfig> => {
  if (flags.config !== undefined && !loadConfig) throw new BellwetherError('invalid_input', '--config is not supported here');
  const config = flags.config === undefined ? undefined : await loadConfig?.(flags.config);
  const url = flags.prometheus ?? config?.prometheus.url;
  if (url === undefined) throw new BellwetherError('invalid_input', '--prometheus URL is missing, or --config FILE with prometheus.url');
  return {
    catalog: flags.recordedRules ? recordedCatalog() : (config?.catalog ?? defaultCatalog()),
    http: { ...config?.http, ...(flags.bearerTokenFile === undefined ? {} : { bearerTokenFile: flags.bearerTokenFile }) },
    prometheus: {
      ...config?.prometheus,
      maxBytes: READ_MAX_BYTES,
      timeoutMs: READ_TIMEOUT_MS,
      ...(flags.tenant === undefined ? {} : { tenant: flags.tenant }),
      url,
    },
  };
};

/** The address without user and password. */
export const sourceNameOf = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `prometheus ${protocol}//${host}${pathname === '/' ? '' : pathname}`;
};
