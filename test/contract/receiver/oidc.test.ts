import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createHttpClient } from '../../../src/platform/index.ts';
import { createOidcVerifier, type OidcConfig } from '../../../src/receiver/auth/oidc.ts';
import { createSkippingClock } from '../../../src/testing/skipping-clock.ts';
import { type RunningReceiver, startReceiver } from './receiver-fixture.ts';

type Key = Awaited<ReturnType<typeof generateKeyPair>>;

describe('createOidcVerifier', () => {
  const clock = createSkippingClock(1_790_000_000_000);
  const http = createHttpClient();
  const asked: string[] = [];
  let [first, second]: Key[] = [];
  let served: readonly unknown[] = [];
  let issuer = '';
  let isAway = false;
  const server = createServer((request, response) => {
    asked.push(String(request.url));
    if (isAway) return void response.writeHead(503).end();
    const body = request.url?.endsWith('openid-configuration') ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: served };
    response.end(JSON.stringify(body));
  });
  const jwkOf = async (key: Key, kid: string) => ({ ...(await exportJWK(key.publicKey)), kid, alg: 'ES256', use: 'sig' });
  const token = (key: Key, kid: string, claims: Readonly<Record<string, unknown>> = {}, nowMs = clock.nowMs()): Promise<string> =>
    new SignJWT({ sub: 'ann', groups: ['sre', 'all'], aud: 'bellwether', iss: issuer, exp: nowMs / 1000 + 600, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(key.privateKey);
  const config = (): OidcConfig => ({
    issuer,
    audience: 'bellwether',
    nameClaim: 'sub',
    roleClaim: 'groups',
    roles: { viewer: ['all'], responder: ['sre'] },
  });

  beforeAll(async () => {
    [first, second] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    served = [await jwkOf(first!, 'one')];
  });
  afterAll(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });

  it('knows whose a token is, and asks for the keys once', async () => {
    const verifier = createOidcVerifier({ http, clock }, config());
    const jwt = await token(first!, 'one');
    expect(await Promise.all([verifier.identify(jwt), verifier.identify(jwt)])).toEqual([
      { name: 'oidc:ann', role: 'responder' },
      { name: 'oidc:ann', role: 'responder' },
    ]);
    expect(asked).toHaveLength(2);
  });

  it('refuses tokens that are not what they must be', async () => {
    const verifier = createOidcVerifier({ http, clock }, config());
    const nowSeconds = clock.nowMs() / 1000;
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ann"}').toString('base64url')}.x`;
    const shared = await new SignJWT({ sub: 'ann', groups: ['sre'], aud: 'bellwether', iss: issuer, exp: nowSeconds + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(new TextEncoder().encode(JSON.stringify(served[0])));
    const wrong = {
      'another issuer': await token(first!, 'one', { iss: 'https://other' }),
      'another audience': await token(first!, 'one', { aud: 'other' }),
      'too old': await token(first!, 'one', { exp: nowSeconds - 60 }),
      'without an end': await token(first!, 'one', { exp: undefined }),
      'not valid yet': await token(first!, 'one', { nbf: nowSeconds + 600 }),
      'no role': await token(first!, 'one', { groups: ['sales'] }),
      'a role that is no text': await token(first!, 'one', { groups: [{ sre: true }] }),
      'no name': await token(first!, 'one', { sub: '' }),
      'another key': await token(second!, 'one'),
      unsigned: none,
      'signed with the public key as a shared secret': shared,
      'no token': 'a.b',
    };
    for (const [what, jwt] of Object.entries(wrong)) expect([what, await verifier.identify(jwt)]).toEqual([what, undefined]);
  });

  it('asks anew for a key it does not know, at most twice a minute, and goes on without the provider', async () => {
    const verifier = createOidcVerifier({ http, clock }, config());
    await verifier.identify(await token(first!, 'one'));
    served = [await jwkOf(first!, 'one'), await jwkOf(second!, 'two')];
    asked.length = 0;
    for (let i = 0; i < 5; i++) expect(await verifier.identify(await token(second!, 'two'))).toBeUndefined();
    expect(asked).toEqual([]);
    clock.advance(31_000);
    expect(await verifier.identify(await token(second!, 'two'))).toMatchObject({ role: 'responder' });
    isAway = true;
    clock.advance(3_600_000);
    expect(await verifier.identify(await token(second!, 'two'))).toMatchObject({ role: 'responder' });
    await expect(createOidcVerifier({ http, clock }, config()).identify(await token(first!, 'one'))).rejects.toMatchObject({
      code: 'not_ready',
    });
    isAway = false;
  });

  describe('at the receiver', () => {
    let receiver: RunningReceiver;
    beforeAll(async () => {
      receiver = await startReceiver({ auth: { oidc: config() } });
    });
    afterAll(() => receiver.stop());

    it('lets in by role, and lets nobody in with a wrong token', async () => {
      const ask = async (jwt: string, path: string) => (await receiver.ask(path, { headers: { authorization: `Bearer ${jwt}` } })).status;
      const mine = await token(first!, 'one', {}, Date.now());
      expect(await ask(mine, '/api/v1/alerts')).toBe(200);
      expect(await ask(mine, '/api/v1/audit')).toBe(403);
      expect(await ask(await token(second!, 'one', {}, Date.now()), '/api/v1/alerts')).toBe(401);
      expect((await receiver.ask('/api/v1/alerts', { as: 'viewer' })).status).toBe(200);
    });
  });
});
