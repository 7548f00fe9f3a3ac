import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that Linux, macOS and Windows give to connections and to `listen(0)`: what is free now stays free until somebody asks for it by name.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 50;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A port that nobody listens on, for programs that cannot choose one themselves, and for servers that go and come back. */
export const freePort = async (): Promise<number> => {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST} after ${TRIES} tries`);
};
