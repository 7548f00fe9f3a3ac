import { headersDigest, hitOf } from './hit.ts';
import { DECOY_ANNOTATIONS, planRoute, type RouteRequest } from './route/plan-route.ts';
import { LOOKING_AROUND, TECHNIQUES, techniqueOf } from './techniques.ts';

describe('techniqueOf', () => {
  it.each([
    ['GET', '/.env', 'env-file'],
    ['GET', '/app/.env.production', 'env-file'],
    ['GET', '/.git/HEAD', 'version-control'],
    ['GET', '/latest/meta-data/iam', 'cloud-credentials'],
    ['GET', '/api/v1/secrets', 'kubernetes-api'],
    ['POST', '/uploads/shell.php', 'web-shell'],
    ['POST', '/wp-login.php', 'admin-login'],
    ['GET', '/actuator/heapdump', 'debug-endpoint'],
    ['GET', '/dump.sql', 'backup-file'],
    ['GET', '/a/..%2f..%2fetc/passwd', 'path-traversal'],
    ['PUT', '/anything', 'write'],
    ['GET', '/', 'looking-around'],
    ['GET', '/environment', 'looking-around'],
  ])('%s %s is %s', (method, path, name) => {
    expect(techniqueOf(method, path).name).toBe(name);
  });

  it('names a technique of ATT&CK for each row, and answers nothing but refusals', () => {
    for (const { attack, status } of [...TECHNIQUES, LOOKING_AROUND]) {
      expect(attack).toMatch(/^T\d{4}(\.\d{3})?$/);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('hitOf', () => {
  const request = {
    method: 'GET',
    path: '/.env?x=1',
    rawHeaders: ['Host', 'shop', 'User-Agent', 'curl/8', 'X-Forwarded-For', '203.0.113.7'],
    address: '10.0.0.9',
    atMs: 1_772_582_400_000,
    sinceMs: 250,
  };

  it('keeps who, what and how quickly, and no values of other headers', () => {
    const hit = hitOf(
      { ...request, rawHeaders: [...request.rawHeaders, 'Authorization', 'secret'] },
      techniqueOf('GET', '/.env'),
      'decoy',
      'hit-00001',
    );
    expect(hit).toMatchObject({ source: 'decoy', type: 'hit', subject: 'env-file', policy: 'T1552.001' });
    expect(hit.detail).toMatch(/^GET \/\.env\?x=1, from 203\.0\.113\.7, host shop, agent curl\/8, headers [0-9a-f]{16}, after 250 ms$/);
    expect(hit.detail).not.toContain('secret');
  });

  it('has one digest for clients of one kind', () => {
    expect(headersDigest(['Host', 'a', 'Accept', 'b'])).toBe(headersDigest(['host', 'x', 'accept', 'y']));
    expect(headersDigest(['Host', 'a', 'Accept', 'b'])).not.toBe(headersDigest(['Accept', 'b', 'Host', 'a']));
  });
});

describe('planRoute', () => {
  const NOW_MS = 1_772_582_400_000;
  const PLACE = { service: 'bellwether-decoy', namespace: 'bellwether-decoy', port: 80 };
  const request = (change: Partial<RouteRequest> = {}): RouteRequest => ({
    kind: 'Ingress',
    namespace: 'shop',
    name: 'cart',
    marker: { header: 'X-Suspect', value: '1' },
    addresses: [],
    approvedBy: 'ann',
    reason: 'scanner of last night',
    expiresAtMs: NOW_MS + 900_000,
    ...change,
  });
  const route = (kind: string, spec: object) => ({ apiVersion: 'x', kind, metadata: { name: 'cart', namespace: 'shop' }, spec });
  const INGRESS = route('Ingress', {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'shop.example.org',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'cart', port: { number: 80 } } } }] },
      },
    ],
  });
  const plan = (change: Partial<RouteRequest>, from: ReturnType<typeof route>) => planRoute(request(change), from, PLACE, NOW_MS);
  const objectsOf = (planned: ReturnType<typeof planRoute>) => ('objects' in planned ? planned.objects : []);

  it('makes a canary of ingress-nginx with the same rules, its end and who approved it', () => {
    const [alias, canary] = objectsOf(plan({}, INGRESS));
    expect(alias).toMatchObject({ kind: 'Service', spec: { type: 'ExternalName', externalName: 'bellwether-decoy.bellwether-decoy.svc' } });
    expect(canary).toMatchObject({
      metadata: {
        namespace: 'shop',
        annotations: {
          'nginx.ingress.kubernetes.io/canary': 'true',
          'nginx.ingress.kubernetes.io/canary-by-header': 'X-Suspect',
          [DECOY_ANNOTATIONS.approvedBy]: 'ann',
          [DECOY_ANNOTATIONS.expiresAt]: '2026-03-04T00:15:00Z',
        },
      },
      spec: {
        rules: [{ host: 'shop.example.org', http: { paths: [{ path: '/', backend: { service: { name: alias?.metadata.name } } }] } }],
      },
    });
  });

  it('makes a second HTTPRoute with one header more, and lets it refer to the decoy', () => {
    const from = route('HTTPRoute', {
      parentRefs: [{ name: 'public' }],
      hostnames: ['shop'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/a' } }], backendRefs: [{ name: 'cart' }] }],
    });
    const [grant, second] = objectsOf(plan({ kind: 'HTTPRoute' }, from));
    expect(grant).toMatchObject({ kind: 'ReferenceGrant', metadata: { namespace: 'bellwether-decoy' } });
    expect(second).toMatchObject({
      spec: {
        parentRefs: [{ name: 'public' }],
        rules: [
          {
            matches: [{ path: { value: '/a' }, headers: [{ name: 'X-Suspect', value: '1' }] }],
            backendRefs: [{ name: 'bellwether-decoy', namespace: 'bellwether-decoy' }],
          },
        ],
      },
    });
  });

  it('matches addresses where Traefik can', () => {
    const from = route('IngressRoute', {
      entryPoints: ['web'],
      routes: [{ match: 'Host(`shop`) || Host(`www`)', kind: 'Rule', services: [] }],
    });
    const { marker: _, ...rest } = request({ kind: 'IngressRoute', addresses: ['203.0.113.7', '198.51.100.0/24'] });
    const [, second] = objectsOf(planRoute(rest, from, PLACE, NOW_MS));
    expect(second?.spec).toMatchObject({
      entryPoints: ['web'],
      routes: [{ match: '(Host(`shop`) || Host(`www`)) && (ClientIP(`203.0.113.7`) || ClientIP(`198.51.100.0/24`))' }],
    });
  });

  it.each([
    ['a gateway that cannot', { kind: 'VirtualServer' }, 'not supported'],
    ['addresses for an HTTPRoute', { kind: 'HTTPRoute', addresses: ['203.0.113.7'] }, 'matches no client addresses'],
    ['a protected namespace', { namespace: 'kube-system' }, 'is protected'],
    ['nobody who approves', { approvedBy: '' }, 'an approval names'],
    ['no end', { expiresAtMs: NOW_MS + 5 * 3_600_000 }, '4 hours'],
    ['a marker that is code', { marker: { header: 'X', value: '`) || PathPrefix(`/' } }, 'the marker must be'],
    ['an address that is none', { kind: 'IngressRoute', addresses: ['`)'] }, 'no address or range'],
  ])('refuses %s', (_, change, message) => {
    expect(plan(change, INGRESS)).toEqual({ refused: expect.stringContaining(message) });
  });
});
