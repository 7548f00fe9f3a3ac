import { Agent, request } from 'node:https';

export interface LoadOptions {
  readonly url: string;
  readonly ca: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than HTTP 200, and broken connections. */
  readonly failures: number;
}

const post = (url: string, body: string, agent: Agent): Promise<number> =>
  new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', () => resolve(0));
    sent.end(body);
  });

/** Closed loop: each connection sends its next review when it has the answer to the one before. */
export const runLoad = async ({ url, ca, body, connections, seconds }: LoadOptions): Promise<LoadResult> => {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let failures = 0;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  const loop = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const beginMs = performance.now();
      if ((await post(url, body, agent)) === 200) times.push(performance.now() - beginMs);
      else failures += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  const elapsed = (performance.now() - startMs) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99), failures };
};
