import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';

describe('evidence', () => {
  const asked: string[] = [];
  let status = 503;
  const exporter = createServer((request, response) => {
    asked.push(String(request.url));
    const unknown = request.url?.includes('nobody');
    response.writeHead(unknown ? 404 : status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        score: 1.7,
        contributors: [{ metric: 'pod_cpu_usage_cores', observed: 4, expected: 1, contribution: 0.9 }],
        rule: { why: 'long' },
      }),
    );
  });
  let receiver: RunningReceiver;
  beforeAll(async () => {
    await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done));
    receiver = await startReceiver({ exporter: { url: `http://127.0.0.1:${(exporter.address() as AddressInfo).port}/` } });
  });
  afterAll(async () => {
    await receiver.stop();
    exporter.closeAllConnections();
    exporter.close();
  });

  const evidenceOf = async (workload: string): Promise<unknown> => {
    const { json } = await receiver.ask(`/api/v1/alerts?workload=${workload}`, { as: 'viewer' });
    const [alert] = json.alerts as { readonly id: string }[];
    return (await receiver.ask(`/api/v1/alerts/${String(alert?.id)}`, { as: 'viewer' })).json.evidence;
  };
  const until = async (probe: () => Promise<boolean> | boolean): Promise<void> => {
    for (let tries = 0; !(await probe()); tries++) {
      if (tries > 1500) throw new Error('not in time');
      await new Promise((done) => setTimeout(done, 20));
    }
  };

  it('joins an alert to the score, contributors and window at its start, once the exporter answers', async () => {
    const alert = webhookAlert({ workload: 'cart' }, { startsAt: '2026-01-01T00:00:00Z' });
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([alert, webhookAlert({ workload: 'nobody' })]) });
    await until(() => asked.filter((url) => url.includes('cart')).length > 0);
    expect(asked.find((url) => url.includes('cart'))).toBe(
      `/api/v1/workloads/Deployment~shop~cart/explain?time=${Date.parse('2026-01-01T00:00:00Z') / 1000}`,
    );
    expect(await evidenceOf('cart')).toBeNull();
    status = 200;
    await until(async () => (await evidenceOf('cart')) !== null);
    expect(await evidenceOf('cart')).toMatchObject({ score: 1.7, contributors: [{ metric: 'pod_cpu_usage_cores' }] });
    expect(await evidenceOf('cart')).not.toHaveProperty('rule');
  }, 60_000);

  it('is not asked for again where the exporter does not know the workload', () => {
    expect(asked.filter((url) => url.includes('nobody'))).toHaveLength(1);
  });
});
