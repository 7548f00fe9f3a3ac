import { BellwetherError, type Clock, type HttpClient, readBody } from '../platform/index.ts';
import { ACTS, type Act, QUIET, TARGETS } from './drill-schedule.ts';

export type Role = 'web' | 'client' | 'batch';
export const ROLES: readonly Role[] = ['web', 'client', 'batch'];

export interface MemberDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Keeps this thread busy for so many milliseconds. */
  readonly burn: (ms: number) => void;
}

export interface MemberOptions {
  readonly role: Role;
  /** Where the conductor says what is on. */
  readonly conductorUrl: string;
  readonly webUrl: string;
}

/** One step of the life of a member, a tenth of a second and a little more. */
const STEP_MS = 100;
/** How often the conductor is asked. Without an answer life is quiet: nobody misbehaves unless told to, just now. */
const ASK_EVERY_STEPS = 20;
const REQUEST_TIMEOUT_MS = 2_000;
const ANSWER_BYTES = 4_096;
/** Requests per step: two in a quiet second, thirty in one with load. */
const QUIET_EVERY_STEPS = 5;
const LOAD_REQUESTS = 3;
/** Ports that are tried per step, from the first of this range on. */
const SCAN = { first: 20_000, count: 2_000, perStep: 5, timeoutMs: 200 } as const;
/** Per step: 640 kB, so about 6 MB in a second. */
const TRANSFER_BYTES = 640 * 1024;
/** Of a step; the rest is left so that probes and questions are answered. */
const MINER_SHARE = 0.9;
const WORK_MS = 5;

const isAct = (text: string): text is Act => ACTS.some((act) => act === text);

/**
 * The life of one member: usual work in each step, and what it is told to do while an act is on whose target it is. Ends when told to stop;
 * rejects in the crash loop, after a few seconds, so that the kubelet starts it again.
 */
export const runMember = async ({ http, clock, burn }: MemberDeps, options: MemberOptions, signal: AbortSignal): Promise<void> => {
  const { role, conductorUrl, webUrl } = options;
  const ask = async (url: string, timeoutMs: number, body?: Uint8Array): Promise<string | undefined> => {
    try {
      const method = body === undefined ? 'GET' : 'POST';
      const answer = await http.request({ method, url, timeoutMs, signal, ...(body === undefined ? {} : { body }) });
      return new TextDecoder().decode(await readBody(answer.body, ANSWER_BYTES));
    } catch {
      return undefined;
    }
  };
  const actNow = async (): Promise<Act | typeof QUIET> => {
    const text = await ask(`${conductorUrl}/act`, REQUEST_TIMEOUT_MS);
    return text !== undefined && isAct(text) ? text : QUIET;
  };
  const payload = new Uint8Array(TRANSFER_BYTES);

  const live: Readonly<Record<Role, (step: number, act: Act | typeof QUIET) => Promise<void>>> = {
    web: async () => burn(WORK_MS),
    client: async (step, act) => {
      if (step % QUIET_EVERY_STEPS === 0) await ask(webUrl, REQUEST_TIMEOUT_MS);
      if (act === 'load') await Promise.all(Array.from({ length: LOAD_REQUESTS }, () => ask(webUrl, REQUEST_TIMEOUT_MS)));
    },
    batch: async () => burn(WORK_MS),
  };
  const misbehave: Readonly<Record<Act, (step: number) => Promise<void>>> = {
    load: async () => undefined,
    miner: async () => burn(STEP_MS * MINER_SHARE),
    scanner: async (step) => {
      const { hostname, protocol } = new URL(webUrl);
      const ports = Array.from({ length: SCAN.perStep }, (_, i) => SCAN.first + ((step * SCAN.perStep + i) % SCAN.count));
      await Promise.all(ports.map((port) => ask(`${protocol}//${hostname}:${port}/`, SCAN.timeoutMs)));
    },
    'crash-loop': async () => {
      throw new BellwetherError('internal', 'this crash is part of the drill');
    },
    transfer: async () => void (await ask(`${webUrl}sink`, REQUEST_TIMEOUT_MS, payload)),
  };

  let act: Act | typeof QUIET = QUIET;
  for (let step = 0; !signal.aborted; step++) {
    // Not in the first steps: between two crashes there is a little life.
    if (step % ASK_EVERY_STEPS === ASK_EVERY_STEPS - 1) act = await actNow();
    await live[role](step, act);
    if (act !== QUIET && TARGETS[act] === role) await misbehave[act](step);
    await clock.sleep(STEP_MS, signal);
  }
};
