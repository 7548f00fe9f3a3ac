import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningReceiver, startReceiver, tokenOf, webhookAlert, webhookBody } from './receiver-fixture.ts';

describe('client certificates', () => {
  let folder: string;
  let receiver: RunningReceiver;
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    );
  const leaf = (name: string, by: string): void => {
    writeFileSync(file('ext'), 'subjectAltName=IP:127.0.0.1');
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.pem`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-extfile',
      'ext',
    );
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-tls-'));
    authority('ca');
    authority('stranger-ca');
    for (const name of ['server', 'alertmanager', 'unknown']) leaf(name, 'ca');
    execFileSync('cp', [file('alertmanager.key'), file('imitator.key')]);
    openssl('req', '-new', '-key', 'imitator.key', '-out', 'imitator.csr', '-subj', '/CN=alertmanager');
    openssl(
      'x509',
      '-req',
      '-in',
      'imitator.csr',
      '-CA',
      'stranger-ca.pem',
      '-CAkey',
      'stranger-ca.key',
      '-CAcreateserial',
      '-out',
      'imitator.pem',
      '-days',
      '2',
    );
    receiver = await startReceiver({
      listen: { tls: { certFile: file('server.pem'), keyFile: file('server.key'), clientCaFile: file('ca.pem') } },
      auth: { clients: [{ name: 'alertmanager', role: 'sender' }] },
    });
  }, 60_000);
  afterAll(async () => {
    await receiver?.stop();
    rmSync(folder, { recursive: true });
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
