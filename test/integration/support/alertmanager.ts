import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './control-plane.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  /** When it began; now where absent. */
  readonly startsAt?: string;
  /** Ends the alert. */
  readonly endsAt?: string;
}
export interface KnownAlert extends PostedAlert {
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed'; readonly inhibitedBy: readonly string[] };
}

export interface RunningAlertmanager {
  readonly url: string;
  post(alerts: readonly PostedAlert[]): Promise<void>;
  alerts(): Promise<readonly KnownAlert[]>;
  /** Takes another configuration while it runs. */
  reconfigure(config: unknown): Promise<void>;
  /** Ends it and starts it on the same port and with the same files: silences stay, alerts are forgotten. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A real Alertmanager with this configuration, alone. */
export const startAlertmanager = async (program: string, config: unknown): Promise<RunningAlertmanager> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-alertmanager-'));
  // JSON is YAML.
  writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const start = () =>
    startProgram(program, [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${url.replace('http://', '')}`,
      '--cluster.listen-address=',
    ]);
  let child = start();
  const isReady = async (): Promise<true | undefined> => {
    child.assertAlive();
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => (ok ? true : undefined),
      () => undefined,
    );
  };
  const ready = () => until('ready Alertmanager', isReady, { timeoutMs: 30_000 });
  await ready();
  return {
    url,
    post: async (alerts) => {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`Alertmanager says ${answer.status}: ${await answer.text()}`);
    },
    alerts: async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly KnownAlert[],
    reconfigure: async (next) => {
      writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(next));
      const answer = await fetch(`${url}/-/reload`, { method: 'POST' });
      if (!answer.ok) throw new Error(`Alertmanager says ${answer.status}: ${await answer.text()}`);
    },
    restart: async () => {
      await child.stop();
      child = start();
      await ready();
    },
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
