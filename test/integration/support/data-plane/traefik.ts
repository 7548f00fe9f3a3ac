import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../../src/platform/index.ts';
import { startProgram } from '../control-plane.ts';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';

const START_MS = 30_000;

/** Traefik on loopback with one route through one Middleware to an upstream. */
export interface Traefik {
  readonly port: number;
  /** Takes another Middleware, as its Kubernetes provider hands it on, and waits until it holds. */
  reload(middleware: KubernetesObject): Promise<void>;
  stop(): Promise<void>;
}

const isListening = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });

export const startTraefik = async (program: string, upstreamPort: number, middleware: KubernetesObject): Promise<Traefik> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-traefik-'));
  const file = join(folder, 'dynamic.json.yml');
  const port = await freePort();
  let version = 0;
  const write = ({ spec }: KubernetesObject): void => {
    version += 1;
    // The kind's spec is what the file provider takes as well. The path of a second router says which version holds.
    const http = {
      routers: {
        cart: { entryPoints: ['web'], rule: 'PathPrefix(`/cart`)', middlewares: ['limit'], service: 'cart' },
        version: { entryPoints: ['web'], rule: `Path(\`/version-${version}\`)`, service: 'cart' },
      },
      middlewares: { limit: spec },
      services: { cart: { loadBalancer: { servers: [{ url: `http://127.0.0.1:${upstreamPort}` }] } } },
    };
    // JSON is YAML; renamed, so that half a file is never read.
    writeFileSync(`${file}.new`, JSON.stringify({ http }));
    renameSync(`${file}.new`, file);
  };
  write(middleware);
  const child = startProgram(program, [
    `--entrypoints.web.address=127.0.0.1:${port}`,
    `--providers.file.filename=${file}`,
    '--providers.file.watch=true',
    '--providers.providersThrottleDuration=100ms',
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=ERROR',
  ]);
  const holds = async (): Promise<true | undefined> => {
    child.assertAlive();
    if ((await isListening(port)) === undefined) return undefined;
    const answer = await fetch(`http://127.0.0.1:${port}/version-${version}`, { headers: { connection: 'close' } });
    return answer.status === 200 ? true : undefined;
  };
  await until('Traefik that serves', holds, { timeoutMs: START_MS });
  return {
    port,
    reload: async (next) => {
      write(next);
      await until('Traefik with its new configuration', holds, { timeoutMs: START_MS });
    },
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
