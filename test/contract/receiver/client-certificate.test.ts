import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificateFolder } from '../../integration/support/certificate-folder.ts';
import { type RunningReceiver, startReceiver, tokenOf, webhookAlert, webhookBody } from './receiver-fixture.ts';

describe('client certificates', () => {
  const certificates = createCertificateFolder();
  const { file } = certificates;
  let receiver: RunningReceiver;

  beforeAll(async () => {
    const authority = await certificates.authority('ca');
    const stranger = await certificates.authority('stranger-ca');
    await certificates.leaf('server', authority, { ipAddresses: ['127.0.0.1'] });
    for (const name of ['alertmanager', 'unknown']) await certificates.leaf(name, authority, { usage: 'client' });
    await certificates.leaf('imitator', stranger, { usage: 'client', commonName: 'alertmanager' });
    receiver = await startReceiver({
      listen: { tls: { certFile: file('server.pem'), keyFile: file('server.key'), clientCaFile: file('ca.pem') } },
      auth: { clients: [{ name: 'alertmanager', role: 'sender' }] },
    });
  }, 60_000);
  afterAll(async () => {
    await receiver?.stop();
    certificates.remove();
  });

  const post = (client: string | undefined, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    new Promise((done, fail) => {
      const identity = client === undefined ? {} : { cert: readFileSync(file(`${client}.pem`)), key: readFileSync(file(`${client}.key`)) };
      const body = JSON.stringify(webhookBody([webhookAlert({ workload: 'tls' })]));
      const call = request(
        `${receiver.api}${path}`,
        {
          method: 'POST',
          agent: false,
          ca: readFileSync(file('ca.pem')),
          headers: { 'content-type': 'application/json', ...headers },
          ...identity,
        },
        (response) => {
          response.resume();
          done(response.statusCode ?? 0);
        },
      );
      call.on('error', fail);
      call.end(body);
    });

  it.each([
    ['of Alertmanager', 'alertmanager', 204],
    ['that nobody has given a role', 'unknown', 401],
    ['of the same name by another authority', 'imitator', 401],
    ['that is not there', undefined, 401],
  ] as const)('let in or not one %s', async (_, client, status) => {
    expect(await post(client, '/api/v1/alertmanager')).toBe(status);
  });

  it('give their role and no more, and tokens work beside them', async () => {
    expect(await post('alertmanager', '/api/v1/verdicts')).toBe(403);
    expect(await post(undefined, '/api/v1/alertmanager', { authorization: `Bearer ${tokenOf('sender')}` })).toBe(204);
  });
});
