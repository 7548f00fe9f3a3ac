import type { RequestOptions } from 'node:https';
import { env } from '../environment.ts';
import { BellwetherError } from '../error.ts';
import { readFileIfPresent } from '../files.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions, type HttpRequest, type HttpResponse } from '../http-client.ts';

export interface ConnectionOptions {
  /** Path of a kubeconfig; else `KUBECONFIG`, the service account of the pod, `~/.kube/config`, in this order. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig; the current one where absent. */
  readonly context?: string;
}

/** A way to one API server, with credentials that are taken anew when they change. */
export interface ClusterConnection {
  readonly server: string;
  /** Namespace of the pod or of the context. */
  readonly namespace: string | undefined;
  /** `path` begins with a slash. Rejects as `HttpClient.request` does. */
  send(path: string, request: Omit<HttpRequest, 'url'>): Promise<HttpResponse>;
  close(): Promise<void>;
}

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const MAX_NAMESPACE_BYTES = 1024;
// Credential plugins and token files are asked again after this; clients of Kubernetes do the same.
const CREDENTIALS_MAX_AGE_MS = 60_000;

/** Rejects with `invalid_config` where there is no usable configuration. Does not speak to the server yet. */
export const connectToCluster = async (options: ConnectionOptions = {}): Promise<ClusterConnection> => {
  const host = env('KUBERNETES_SERVICE_HOST');
  const given = options.kubeconfig ?? env('KUBECONFIG');
  return given === undefined && host !== undefined
    ? inClusterConnection(host, env('KUBERNETES_SERVICE_PORT') ?? '443')
    : kubeconfigConnection({ ...options, ...(given === undefined ? {} : { kubeconfig: given }) });
};

/** With files alone: the Kubernetes client of npm costs 70 MB of memory and most of a second, which a pod need not pay. */
const inClusterConnection = async (host: string, port: string): Promise<ClusterConnection> => {
  const http = createHttpClient({ tls: { caFile: `${ACCOUNT_FOLDER}/ca.crt` }, bearerTokenFile: `${ACCOUNT_FOLDER}/token` });
  const namespace = await readFileIfPresent(`${ACCOUNT_FOLDER}/namespace`, { maxBytes: MAX_NAMESPACE_BYTES });
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    server,
    namespace: namespace && Buffer.from(namespace).toString('utf8').trim(),
    send: (path, request) => http.request({ ...request, url: `${server}${path}` }),
    close: () => http.close(),
  };
};

const kubeconfigConnection = async ({ kubeconfig, context }: ConnectionOptions): Promise<ClusterConnection> => {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new BellwetherError('invalid_config', `cannot read the kubeconfig ${kubeconfig ?? ''}: ${(error as Error).message}`, error);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new BellwetherError('invalid_config', `the kubeconfig has no cluster for the context ${config.getCurrentContext()}`);

  let current:
    | { readonly client: HttpClient; readonly key: string; readonly headers: Record<string, string>; readonly tillMs: number }
    | undefined;
  const past: HttpClient[] = [];
  const authenticated = async () => {
    if (current && performance.now() < current.tillMs) return current;
    const credentials = await credentialsOf(config);
    const key = JSON.stringify(credentials.tls);
    if (current && key !== current.key) past.push(current.client);
    const client = current?.key === key ? current.client : createHttpClient({ tls: credentials.tls });
    current = { client, key, headers: credentials.headers, tillMs: performance.now() + CREDENTIALS_MAX_AGE_MS };
    return current;
  };
  const server = cluster.server.replace(/\/$/, '');
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    send: async (path, request) => {
      const { client, headers } = await authenticated();
      const answer = await client.request({ ...request, url: `${server}${path}`, headers: { ...headers, ...request.headers } });
      // The next request asks for credentials again: a plugin's token may end before its time.
      if (answer.status === 401) current = undefined;
      return answer;
    },
    close: async () => {
      await Promise.all([...past, ...(current ? [current.client] : [])].map((client) => client.close()));
    },
  };
};

interface Credentials {
  readonly headers: Record<string, string>;
  readonly tls: NonNullable<HttpClientOptions['tls']>;
}

type KubeConfigLike = InstanceType<typeof import('@kubernetes/client-node').KubeConfig>;

const credentialsOf = async (config: KubeConfigLike): Promise<Credentials> => {
  const found: RequestOptions & { auth?: string | null } = { headers: {} };
  try {
    await config.applyToHTTPSOptions(found);
  } catch (error) {
    throw new BellwetherError('unauthorized', `no credentials from the kubeconfig: ${(error as Error).message}`, error);
  }
  const headers = Object.fromEntries(Object.entries(found.headers ?? {}).map(([name, value]) => [name, String(value)]));
  if (found.auth) headers.Authorization = `Basic ${Buffer.from(found.auth).toString('base64')}`;
  const text = (name: 'ca' | 'cert' | 'key') => (found[name] ? { [name]: String(found[name]) } : {});
  return {
    headers,
    tls: {
      ...text('ca'),
      ...text('cert'),
      ...text('key'),
      ...(typeof found.servername === 'string' ? { serverName: found.servername } : {}),
      ...(found.rejectUnauthorized === false ? { insecureSkipVerify: true } : {}),
    },
  };
};
