import { copyFileSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createHttpClient, type HttpClientOptions, systemClock, systemRandom } from '../../src/platform/index.ts';
import { CONTENT_TYPE, createPrometheusSource, encodeStreamedFrame } from '../../src/prometheus/index.ts';
import { createCertificateFolder } from './support/certificate-folder.ts';

const certificates = createCertificateFolder();
const { file } = certificates;

const START_MS = 1_700_000_000_000;
const frame = encodeStreamedFrame(0, { labels: { __name__: 'up' }, timesMs: Float64Array.of(START_MS), values: Float64Array.of(1) });
const peers: string[] = [];
let server: Server;

const read = async (tls: NonNullable<HttpClientOptions['tls']>, http = createHttpClient({ tls })) => {
  const source = createPrometheusSource(
    { http, clock: systemClock, random: systemRandom },
    { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, maxBytes: 1e6, timeoutMs: 5_000, retries: 0 },
  );
  const [result] = await source.read({ selectors: [[{ name: 'a', type: '=', value: 'b' }]], startMs: START_MS, endMs: START_MS });
  return result!.series.length;
};

describe('createHttpClient over TLS', () => {
  beforeAll(async () => {
    const authority = await certificates.authority('authority');
    await certificates.authority('stranger');
    await certificates.leaf('server', authority, { dnsNames: ['prometheus.test'] });
    for (const name of ['client-a', 'client-b']) await certificates.leaf(name, authority, { usage: 'client' });
    server = createServer(
      {
        ca: readFileSync(file('authority.pem')),
        cert: readFileSync(file('server.pem')),
        key: readFileSync(file('server.key')),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        peers.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
        response.setHeader('content-type', CONTENT_TYPE.streamed);
        response.end(frame);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => peers.splice(0));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    certificates.remove();
  });

  const trusted = { caFile: file('authority.pem'), serverName: 'prometheus.test' };
  const asClient = (name: string) => ({ certFile: file(`${name}.pem`), keyFile: file(`${name}.key`) });

  it('trusts the given authority and shows its own certificate', async () => {
    expect(await read({ ...trusted, ...asClient('client-a') })).toBe(1);
    expect(peers).toEqual(['client-a']);
  });

  it('refuses a server of another authority, another name, and says which', async () => {
    const client = asClient('client-a');
    await expect(read({ ...trusted, ...client, caFile: file('stranger.pem') })).rejects.toMatchObject({ code: 'upstream_refused' });
    await expect(read({ caFile: trusted.caFile, ...client })).rejects.toMatchObject({
      code: 'upstream_refused',
      message: expect.stringContaining('altnames'),
    });
    expect(peers).toEqual([]);
  });

  it('takes any server where it is told to', async () => {
    expect(await read({ ...asClient('client-a'), insecureSkipVerify: true })).toBe(1);
  });

  it('fails without a certificate where the server wants one', async () => {
    await expect(read(trusted)).rejects.toMatchObject({ code: expect.stringMatching(/upstream_(refused|unavailable)/) });
  });

  it('takes up a certificate that was rotated', async () => {
    const rotate = (name: string): void => {
      copyFileSync(file(`${name}.pem`), file('current.pem'));
      copyFileSync(file(`${name}.key`), file('current.key'));
    };
    rotate('client-a');
    const tls = { ...trusted, certFile: file('current.pem'), keyFile: file('current.key') };
    const http = createHttpClient({ tls });
    await read(tls, http);
    rotate('client-b');
    await read(tls, http);
    expect(peers).toEqual(['client-a', 'client-b']);
  });
});
