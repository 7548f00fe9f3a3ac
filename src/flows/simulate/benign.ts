import { UDP } from '../meter/packet.ts';
import { around, between, oneOf, waiting, wholeBetween } from './draws.ts';
import { atTimes, every, play, type Stage, visit } from './stage.ts';
import { outsideAddress, type SimulatedService, servicesOf } from './world.ts';

const SECOND = 1_000_000;
const peersOf = ({ address, port }: SimulatedService) => ({ service: address, port });

/** A person looks at pages: connections of several requests, thinking between. `slower`: how much the service lags. */
const browse = (stage: Stage, service: SimulatedService, client: string, startUs: number, slower = 1): void => {
  const { random, world } = stage;
  let now = startUs;
  for (let connections = wholeBetween(random, 1, 5); connections > 0; connections--) {
    const requests = wholeBetween(random, 1, 14);
    const exchanges = Array.from({ length: requests }, () =>
      visit(stage, service, random() < 0.3 ? waiting(random, 6 * SECOND) : waiting(random, 60_000), slower),
    );
    const end = random() < 0.75 ? 'closed' : random() < 0.5 ? 'reset' : 'left';
    play(stage, {
      ...peersOf(service),
      client,
      startUs: now,
      roundTripUs: around(random, world.outsideRoundTripUs, 0.4),
      exchanges,
      end: slower > 1 && random() < 0.04 * slower ? 'unanswered' : end,
    });
    now += waiting(random, 5 * SECOND);
  }
};

const dashboards = (stage: Stage): void => {
  for (const service of servicesOf(stage.world, 'dashboard'))
    atTimes(stage, between(stage.random, 8, 25) * SECOND, (startUs) =>
      browse(stage, service, oneOf(stage.random, stage.world.visitors), startUs),
    );
};

/** A page that stays open: small messages both ways for minutes. */
const webSockets = (stage: Stage): void => {
  const { random, world } = stage;
  for (const service of servicesOf(world, 'dashboard'))
    atTimes(stage, 90 * SECOND, (startUs) => {
      const period = between(random, 5, 30) * SECOND;
      const exchanges = Array.from({ length: wholeBetween(random, 5, 40) }, () => ({
        waitUs: period * between(random, 0.95, 1.05),
        up: wholeBetween(random, 2, 60),
        serverUs: 1000,
        down: wholeBetween(random, 2, 200),
      }));
      play(stage, {
        ...peersOf(service),
        client: oneOf(random, world.visitors),
        startUs,
        roundTripUs: world.outsideRoundTripUs,
        exchanges,
      });
    });
};

/** Pods call services: some keep connections, some open one per call. */
const calls = (stage: Stage): void => {
  const { random, world } = stage;
  for (const service of servicesOf(world, 'api', 'database', 'cache'))
    for (let callers = 3; callers > 0; callers--) {
      const client = oneOf(random, world.pods);
      const keeps = service.kind === 'api' ? wholeBetween(random, 1, 3) : wholeBetween(random, 2, 25);
      const run = (startUs: number): void => {
        const exchanges = Array.from({ length: keeps }, () => visit(stage, service, waiting(random, 0.2 * SECOND)));
        play(stage, { ...peersOf(service), client, startUs, exchanges, end: random() < 0.97 ? 'closed' : 'reset' });
      };
      if (random() < 0.5) every(stage, between(random, 4, 20) * SECOND, run);
      else atTimes(stage, between(random, 4, 20) * SECOND, run);
    }
};

/** Kubelet asks whether pods live; Prometheus takes their metrics; everybody asks for names. */
const machinery = (stage: Stage): void => {
  const { random, world } = stage;
  for (const service of servicesOf(world, 'dashboard', 'api')) {
    const probe = { up: wholeBetween(random, 90, 140), down: wholeBetween(random, 120, 180) };
    every(stage, 10 * SECOND, (startUs) =>
      play(stage, {
        ...peersOf(service),
        client: world.prober,
        startUs,
        exchanges: [{ waitUs: 50, serverUs: around(random, 700, 0.4), ...probe }],
      }),
    );
    const metrics = around(random, 20_000, 0.8);
    every(stage, 15 * SECOND, (startUs) =>
      play(stage, {
        ...peersOf(service),
        client: world.scraper,
        startUs,
        exchanges: [{ waitUs: 80, up: 260, serverUs: around(random, 8000, 0.4), down: Math.round(around(random, metrics, 0.02)) }],
      }),
    );
  }
  const [dns] = servicesOf(world, 'dns');
  atTimes(stage, 1.5 * SECOND, (startUs) =>
    play(stage, { ...peersOf(dns!), client: oneOf(random, world.pods), startUs, exchanges: [visit(stage, dns!, 0)], protocol: UDP }),
  );
};

/** What goes on in the cluster all the time. */
export const playBenign = (stage: Stage): void => {
  for (const actor of [dashboards, webSockets, calls, machinery]) actor(stage);
};

/** Twins of attacks: like them at first sight, and benign. */
export const BENIGN_TWINS: Readonly<Record<string, (stage: Stage) => void>> = {
  // Of floods: hundreds of new visitors within minutes; the service lags, some get no answer.
  flash_crowd: (stage) => {
    const { random, world } = stage;
    const service = oneOf(random, servicesOf(world, 'dashboard', 'api'));
    const slower = between(random, 1.5, 6);
    const mean = between(random, 0.05, 0.25) * SECOND;
    const newcomers = Array.from({ length: 400 }, () => outsideAddress(random));
    atTimes(stage, mean, (startUs) => browse(stage, service, oneOf(random, newcomers), startUs, slower));
  },
  // Of SYN floods: a service is away for half a minute and its usual clients are refused.
  outage: (stage) => {
    const { random, world } = stage;
    const service = oneOf(random, servicesOf(world, 'api', 'database'));
    const until = { ...stage, toUs: Math.min(stage.toUs, stage.fromUs + between(random, 15, 60) * SECOND) };
    const isRefused = random() < 0.6;
    for (const client of world.pods.slice(0, 6))
      atTimes(until, between(random, 0.5, 3) * SECOND, (startUs) =>
        play(stage, { ...peersOf(service), client, startUs, exchanges: [], end: isRefused ? 'refused' : 'unanswered' }),
      );
  },
  // Of HTTP floods: one job makes thousands of calls.
  batch_job: (stage) => {
    const { random, world } = stage;
    const service = oneOf(random, servicesOf(world, 'api'));
    const client = oneOf(random, world.pods);
    atTimes(stage, between(random, 0.05, 0.3) * SECOND, (startUs) =>
      play(stage, { ...peersOf(service), client, startUs, exchanges: [visit(stage, service, waiting(random, 3000))] }),
    );
  },
  // Of exfiltration: a backup to a place inside.
  backup: (stage) => {
    const { random, world } = stage;
    const service = oneOf(random, servicesOf(world, 'database'));
    const exchanges = [{ waitUs: 2000, up: Math.round(around(random, 4e6, 0.7)), serverUs: 2000, down: 300 }];
    for (let n = 0; n < 4; n++)
      play(stage, { ...peersOf(service), client: oneOf(random, world.pods), startUs: stage.fromUs + n * 20 * SECOND, exchanges });
  },
};
