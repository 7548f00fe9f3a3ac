import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '../control-plane.ts';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';
import { type Directives, NO_DIRECTIVES } from './nginx-directives.ts';

const START_MS = 20_000;
const ENDED = ' exited with code 0';

/** nginx on loopback with one location per route, each proxied to a second server: `return` in the location itself would come before any limit. */
export interface Nginx {
  readonly port: number;
  /** Takes other directives, as a controller reloads it, and waits until they hold. */
  reload(routes: ReadonlyMap<string, Directives>): Promise<void>;
  /** Lines of the error log that hold this text. */
  logged(text: string): number;
  stop(): Promise<void>;
}

interface Ports {
  readonly front: number;
  readonly back: number;
  /** Where `/slow` goes. */
  readonly slow: number;
}

const configOf = (folder: string, routes: ReadonlyMap<string, Directives>, { front, back, slow }: Ports): string => {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const locations = [...routes].map(
    ([route, { location }]) =>
      `location /${route} { ${location.join(' ')} proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://127.0.0.1:${route.startsWith('slow') ? slow : back}; }`,
  );
  return [
    'daemon off; worker_processes 1; worker_rlimit_nofile 16384;',
    `pid ${folder}/pid; error_log ${folder}/error.log notice;`,
    'events { worker_connections 8192; }',
    'http {',
    'access_log off; keepalive_requests 1000000;',
    ...temporary,
    ...[...routes.values()].flatMap(({ http }) => http),
    `server { listen 127.0.0.1:${back}; location / { return 200 "served"; } }`,
    `server { listen 127.0.0.1:${front} backlog=1024;`,
    ...locations,
    '}',
    '}',
  ].join('\n');
};

const isListening = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });

export const startNginx = async (program: string, routes: readonly string[], slow: number): Promise<Nginx> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-nginx-'));
  const file = join(folder, 'nginx.conf');
  const ports = { front: await freePort(), back: await freePort(), slow };
  let version = 0;
  const write = (given: ReadonlyMap<string, Directives>): void => {
    const all = new Map(routes.map((route) => [route, given.get(route) ?? NO_DIRECTIVES]));
    writeFileSync(file, configOf(folder, all, ports));
  };
  write(new Map());
  const child = startProgram(program, ['-p', folder, '-c', file, '-e', join(folder, 'error.log')]);
  const errors = join(folder, 'error.log');
  const log = (): string => (existsSync(errors) ? readFileSync(errors, 'utf8') : '');
  const count = (text: string): number => log().split(text).length - 1;
  const alive =
    <T>(probe: () => Promise<T | undefined>) =>
    async (): Promise<T | undefined> => {
      child.assertAlive();
      return probe();
    };
  await until(
    'nginx that listens',
    alive(() => isListening(ports.front)),
    { timeoutMs: START_MS },
  );
  return {
    port: ports.front,
    reload: async (given) => {
      version += 1;
      write(given);
      child.signal('SIGHUP');
      // The old worker goes on taking connections until it has been told, and has ended once each reload so far has one that ended.
      const isNew = async (): Promise<true | undefined> => (count(ENDED) >= version ? true : undefined);
      try {
        await until('nginx with its new configuration', alive(isNew), { timeoutMs: START_MS });
      } catch (cause) {
        throw new Error(`nginx does not take it: ${log().slice(-2000)}`, { cause });
      }
    },
    logged: count,
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
