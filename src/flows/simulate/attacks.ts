import { around, between, oneOf, waiting, wholeBetween } from './draws.ts';
import { atTimes, play, type Stage, visit } from './stage.ts';
import { outsideAddress, type SimulatedService, servicesOf } from './world.ts';

const SECOND = 1_000_000;
const peersOf = ({ address, port }: SimulatedService) => ({ service: address, port });
const web = ({ world, random }: Stage): SimulatedService => oneOf(random, servicesOf(world, 'dashboard', 'api'));

/** Attacks by family. Tools, speeds and sizes are drawn anew for each. */
export const ATTACKS: Readonly<Record<string, (stage: Stage) => void>> = {
  port_scan: (stage) => {
    const { random, world, fromUs, toUs } = stage;
    const target = oneOf(random, world.services);
    const client = random() < 0.5 ? outsideAddress(random) : oneOf(random, world.pods);
    const mean = between(random, 0.01, 0.2) * SECOND;
    let now = fromUs;
    for (let port = 1; port < 1024 && now < toUs; port += wholeBetween(random, 1, 3)) {
      now += waiting(random, mean);
      play(stage, { client, service: target.address, port, startUs: now, exchanges: [], end: random() < 0.95 ? 'refused' : 'reset' });
    }
  },
  // Templates like those of Nuclei: many paths, short answers, mostly "not found".
  web_scan: (stage) => {
    const { random, world } = stage;
    const service = web(stage);
    const client = outsideAddress(random);
    const missing = wholeBetween(random, 150, 1200);
    atTimes(stage, between(random, 0.05, 0.4) * SECOND, (startUs) =>
      play(stage, {
        ...peersOf(service),
        client,
        startUs,
        roundTripUs: world.outsideRoundTripUs,
        exchanges: Array.from({ length: wholeBetween(random, 1, 3) }, () => ({
          waitUs: waiting(random, 4000),
          up: Math.round(around(random, 240, 0.35)),
          serverUs: around(random, service.serverUs / 4, 0.5),
          down: random() < 0.9 ? missing + wholeBetween(random, 0, 40) : Math.round(around(random, 3000, 1)),
        })),
        end: random() < 0.6 ? 'closed' : 'reset',
      }),
    );
  },
  syn_flood: (stage) => {
    const { random } = stage;
    const service = web(stage);
    atTimes(stage, between(random, 0.01, 0.05) * SECOND, (startUs) =>
      play(stage, {
        ...peersOf(service),
        client: outsideAddress(random),
        startUs,
        exchanges: [],
        end: random() < 0.9 ? 'unanswered' : 'refused',
      }),
    );
  },
  // Bots ask for the same page, as fast as they get it.
  http_flood: (stage) => {
    const { random, world } = stage;
    const service = web(stage);
    const bots = Array.from({ length: wholeBetween(random, 8, 200) }, () => outsideAddress(random));
    const page = oneOf(random, service.pages);
    const requests = wholeBetween(random, 1, 20);
    const slower = between(random, 1.5, 8);
    const up = Math.round(between(random, 0.4, 1.3) * page.up);
    atTimes(stage, between(random, 0.03, 0.15) * SECOND, (startUs) =>
      play(stage, {
        ...peersOf(service),
        client: oneOf(random, bots),
        startUs,
        roundTripUs: around(random, world.outsideRoundTripUs, 0.5),
        exchanges: Array.from({ length: requests }, () => ({
          waitUs: waiting(random, 2000),
          up: up + wholeBetween(random, -6, 6),
          serverUs: around(random, service.serverUs * slower, 0.5),
          down: Math.round(around(random, page.down, 0.03)),
        })),
        end: random() < 0.7 ? 'closed' : 'reset',
      }),
    );
  },
  // Headers that never end: a few bytes now and then hold hundreds of connections open.
  slow_flood: (stage) => {
    const { random } = stage;
    const service = web(stage);
    const bots = Array.from({ length: wholeBetween(random, 1, 30) }, () => outsideAddress(random));
    const period = between(random, 6, 20) * SECOND;
    atTimes(stage, between(random, 0.1, 0.5) * SECOND, (startUs) =>
      play(stage, {
        ...peersOf(service),
        client: oneOf(random, bots),
        startUs,
        roundTripUs: stage.world.outsideRoundTripUs,
        exchanges: Array.from({ length: wholeBetween(random, 4, 10) }, () => ({
          waitUs: period * between(random, 0.8, 1.2),
          up: wholeBetween(random, 5, 40),
          serverUs: 0,
          down: 0,
        })),
        end: random() < 0.5 ? 'left' : 'reset',
      }),
    );
  },
  // A few odd requests, a download by the pod, then a shell that calls home.
  reverse_shell: (stage) => {
    const { random, world, fromUs, toUs } = stage;
    const service = web(stage);
    const home = outsideAddress(random);
    for (let n = 0; n < wholeBetween(random, 2, 6); n++)
      play(stage, {
        ...peersOf(service),
        client: home,
        startUs: fromUs + n * SECOND,
        exchanges: [{ ...visit(stage, service, 3000), up: wholeBetween(random, 900, 6000) }],
      });
    play(stage, {
      client: service.address,
      service: home,
      port: 8000,
      startUs: fromUs + 8 * SECOND,
      roundTripUs: world.outsideRoundTripUs,
      exchanges: [{ waitUs: 500, up: 130, serverUs: 4000, down: wholeBetween(random, 8_000, 900_000) }],
    });
    const commands = wholeBetween(random, 8, 60);
    play(stage, {
      client: service.address,
      service: home,
      port: oneOf(random, [443, 4444, 9001, 53_000]),
      startUs: fromUs + 10 * SECOND,
      roundTripUs: world.outsideRoundTripUs,
      // The answer is the command: the shell is the client.
      exchanges: Array.from({ length: commands }, () => ({
        waitUs: waiting(random, Math.min(5 * SECOND, (toUs - fromUs) / commands)),
        up: Math.round(around(random, 300, 1.2)),
        serverUs: waiting(random, 2 * SECOND),
        down: wholeBetween(random, 4, 60),
      })),
      end: 'left',
    });
  },
  exfiltration: (stage) => {
    const { random, world, fromUs, toUs } = stage;
    const client = oneOf(random, world.pods);
    const home = outsideAddress(random);
    const parts = wholeBetween(random, 3, 25);
    for (let n = 0; n < parts; n++)
      play(stage, {
        client,
        service: home,
        port: 443,
        startUs: fromUs + ((toUs - fromUs) * n) / parts,
        roundTripUs: world.outsideRoundTripUs,
        exchanges: [{ waitUs: 3000, up: Math.round(around(random, 2e6, 0.6)), serverUs: 20_000, down: wholeBetween(random, 100, 500) }],
      });
  },
};

export const FLOOD_FAMILIES: readonly string[] = ['syn_flood', 'http_flood', 'slow_flood'];
