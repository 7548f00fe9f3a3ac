// Kills the receiver between receipt and answer, again and again: what was acknowledged is there, once. [--seed N] [--kills N] [--built]: the program of `npm run build`, which starts faster
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Random, seededRandom } from '../src/platform/index.ts';
import { sleep } from '../test/integration/remote-read-fixture.ts';
import { type Json, type ReceiverProcess, receiverProcess } from '../test/integration/support/receiver-process.ts';

export interface ReceiverCrashFigures {
  readonly kills: number;
  /** Kills at which calls were under way. */
  readonly inFlight: number;
  readonly acknowledged: number;
  readonly stored: number;
}

/** Calls that are sent at once, and alerts of each. */
const CALLS = 6;
const ALERTS = 4;
/** Alerts of the last rounds, which each round looks at; all of them are looked at every so many rounds, and at the end. */
const RECENT = 200;
const WHOLE_EVERY = 25;
const BUILT = fileURLToPath(new URL('../dist/bellwether.mjs', import.meta.url));
/** A call takes some milliseconds; later kills would come after all answers. */
const LATEST_KILL_MS = 60;

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const alertOf = (round: number, call: number, i: number): Json & { readonly fingerprint: string } => ({
  status: 'firing',
  labels: { alertname: 'WorkloadAnomalous', namespace: 'shop', workload: `w-${call}-${i}`, workload_kind: 'Deployment' },
  annotations: { summary: 'odd' },
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: '',
  fingerprint: (round * 1000 + call * 10 + i).toString(16).padStart(16, '0'),
});

const bodyOf = (alerts: readonly unknown[]): Json => ({
  version: '4',
  groupKey: 'g',
  truncatedAlerts: 0,
  receiver: 'bellwether',
  groupLabels: {},
  externalURL: '',
  alerts,
});

/** As Alertmanager does it: sent until it is acknowledged. */
const deliver = async (receiver: ReceiverProcess, body: Json, onAnswer: (status: number) => void): Promise<boolean> => {
  try {
    const { status } = await receiver.send('/api/v1/alertmanager', body, 'sender');
    onAnswer(status);
    return status === 204;
  } catch {
    return false;
  }
};

/** How often each of the newest alerts is stored. */
const storedOf = async (receiver: ReceiverProcess, most: number): Promise<Map<string, number>> => {
  const counts = new Map<string, number>();
  let after = '';
  do {
    const page = await receiver.get(`/api/v1/alerts?limit=${Math.min(1000, most)}${after}`);
    for (const alert of page.alerts as Json[]) counts.set(String(alert.fingerprint), (counts.get(String(alert.fingerprint)) ?? 0) + 1);
    after = page.next === null ? '' : `&after=${String(page.next)}`;
  } while (after !== '' && counts.size < most);
  return counts;
};

const run = async (
  seed: number,
  kills: number,
  say: (line: string) => void = () => undefined,
  program?: string,
): Promise<ReceiverCrashFigures> => {
  const random: Random = seededRandom(seed);
  const receiver = await receiverProcess({}, {}, program);
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  /** Half of what a look at the newest shows, since some of those are not acknowledged yet; what was sent before is looked at now and then. */
  const newest = (all: ReadonlySet<string>, most: number): readonly string[] =>
    Number.isFinite(most) ? [...all].slice(-RECENT / 2) : [...all];
  let inFlight = 0;
  try {
    await receiver.start();
    for (let round = 1; round <= kills; round++) {
      await receiver.untilReady();
      const calls = Array.from({ length: CALLS }, (_, call) => Array.from({ length: ALERTS }, (_unused, i) => alertOf(round, call, i)));
      let answers = 0;
      const send = (alerts: (typeof calls)[number]): Promise<boolean> => {
        for (const { fingerprint } of alerts) sent.add(fingerprint);
        return deliver(receiver, bodyOf(alerts), (status) => {
          answers++;
          demand(status === 204 || status === 503, `a call was answered with ${status}`);
          if (status === 204) for (const { fingerprint } of alerts) acknowledged.add(fingerprint);
        });
      };
      const under = calls.map(send);
      const delayMs = Math.floor(random() * LATEST_KILL_MS);
      await sleep(delayMs);
      const answered = answers;
      await receiver.kill();
      const done = await Promise.all(under);
      if (answered < CALLS) inFlight++;
      await receiver.start();
      await receiver.untilReady();
      // What was acknowledged is there before anything is sent again.
      const most = round % WHOLE_EVERY === 0 || round === kills ? Number.POSITIVE_INFINITY : RECENT;
      const stored = await storedOf(receiver, most);
      for (const fingerprint of newest(acknowledged, most))
        demand(stored.has(fingerprint), `an acknowledged alert is lost after round ${round}`);
      for (const [i, ok] of done.entries()) if (!ok) demand(await send(calls[i]!), 'a repeated call was not taken');
      const whole = await storedOf(receiver, most);
      for (const fingerprint of newest(sent, most))
        demand(whole.has(fingerprint), `an alert that was sent is not stored after round ${round}`);
      demand(whole.size === Math.min(most, sent.size), `${whole.size} alerts are stored of ${sent.size}`);
      demand(
        [...whole.values()].every((count) => count === 1),
        'an alert is stored twice',
      );
      say(`round ${round}: killed after ${delayMs} ms with ${answered} of ${CALLS} calls answered; ${sent.size} alerts, each once`);
    }
    return { kills, inFlight, acknowledged: acknowledged.size, stored: (await storedOf(receiver, Number.POSITIVE_INFINITY)).size };
  } finally {
    await receiver.discard();
  }
};

export const soak = { name: 'receiver-crash', run };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '500' },
      built: { type: 'boolean', default: false },
    },
  });
  const figures = await soak.run(Number(values.seed), Number(values.kills), (line) => console.log(line), values.built ? BUILT : undefined);
  console.log(
    `seed ${values.seed}: ${figures.kills} kills, ${figures.inFlight} of them between receipt and answer; ${figures.acknowledged} alerts acknowledged, ` +
      `${figures.stored} stored, none lost, none twice`,
  );
}
