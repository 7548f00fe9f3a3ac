import { BellwetherError, type KubernetesObject } from '../../platform/index.ts';
import { createPolicyChooser, DEFAULT_POD_PATHS, type Finding, policyPack } from '../../policy/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { type ClusterScanOptions, scanCluster } from './scan-cluster.ts';

const object = (apiVersion: string, kind: string, name: string, more: object = {}, metadata: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(['Namespace', 'ClusterRole'].includes(kind) ? {} : { namespace: 'shop' }), ...metadata },
  ...more,
});
const PRIVILEGED = { containers: [{ name: 'app', image: 'registry.example.com/app:1', securityContext: { privileged: true } }] };
const pod = (name: string, metadata: object = {}) =>
  object('v1', 'Pod', name, { spec: PRIVILEGED }, { labels: { app: 'web' }, ...metadata });
const ownedBy = (kind: string) => ({ ownerReferences: [{ apiVersion: 'x/v1', kind, name: 'o', uid: 'u', controller: true }] });
const NAMESPACE = object('v1', 'Namespace', 'shop');

type Page = readonly KubernetesObject[] | BellwetherError;
const OPTIONS: Omit<ClusterScanOptions, 'chooser'> = {
  exceptions: [],
  exceptionMaxDays: 90,
  podPaths: DEFAULT_POD_PATHS,
  excludeNamespaces: ['kube-system'],
  secrets: false,
  pageSize: 10,
  maxObjects: 100,
  attempts: 2,
};

/** Pages by kind: each call of `pages` takes the next course, the last one again and again. */
const scan = async (
  courses: Readonly<Record<string, readonly (readonly Page[])[]>>,
  options: Partial<typeof OPTIONS> = {},
  profile = 'baseline',
) => {
  const listed: string[] = [];
  const clock = createManualClock(Date.parse('2026-06-01T00:00:00Z'));
  const client = {
    raw: async (path: string) =>
      path === '/version'
        ? { minor: '33' }
        : {
            groups: [
              { name: 'apps', preferredVersion: { groupVersion: 'apps/v1' } },
              { name: 'bellwether.dev', preferredVersion: { groupVersion: 'bellwether.dev/v1alpha1' } },
            ],
          },
    async *pages({ kind }: { readonly kind: string }) {
      const times = listed.filter((one) => one === kind).length;
      listed.push(kind);
      const course = courses[kind];
      for (const page of course?.[Math.min(times, course.length - 1)] ?? []) {
        if (page instanceof BellwetherError) throw page;
        yield { items: page, resourceVersion: '1' };
      }
    },
  };
  const found: Finding[] = [];
  const chooser = createPolicyChooser(policyPack(), { selection: { profile: profile as 'baseline' } });
  const running = scanCluster(
    { client: client as never, clock: { ...clock, sleep: async () => undefined } },
    { ...OPTIONS, ...options, chooser },
    { add: (all) => void found.push(...all) },
    new AbortController().signal,
  );
  return { scan: await running, found, listed, ids: () => found.map(({ policy, object: { name } }) => `${policy} ${name}`) };
};
const one = (...objects: readonly KubernetesObject[]) => [[objects]];

describe('scanCluster', () => {
  it('judges objects by themselves, owners in place of what they make, and what an operator made', async () => {
    const {
      ids,
      scan: { objects },
    } = await scan({
      Namespace: one(NAMESPACE),
      Pod: one(pod('naked'), pod('made', ownedBy('ReplicaSet')), pod('operated', ownedBy('Kafka'))),
    });
    expect(ids()).toEqual(['privileged naked', 'privileged operated']);
    expect(objects).toBe(3);
  });

  it('leaves out excluded and ignored namespaces', async () => {
    const ignored = object('v1', 'Namespace', 'tools', {}, { labels: { 'bellwether.dev/ignore': 'true' } });
    const { ids } = await scan({
      Namespace: one(NAMESPACE, ignored),
      Pod: one(pod('a', { namespace: 'kube-system' }), pod('b', { namespace: 'tools' }), pod('c')),
    });
    expect(ids()).toEqual(['privileged c']);
  });

  it('goes on where a list broke off, without counting anything twice', async () => {
    const gone = new BellwetherError('corrupt_response', 'the page is too old');
    const { ids, scan: result, listed } = await scan({ Pod: [[[pod('a')], gone], [[pod('a'), pod('b')]]] });
    expect(ids()).toEqual(['privileged a', 'privileged b']);
    expect(result.unread).toEqual([]);
    expect(listed.filter((kind) => kind === 'Namespace')).toHaveLength(1);
  });

  it('tells a kind that stays unread, and leaves out what would be wrong without it', async () => {
    const forbidden = new BellwetherError('forbidden', 'no right');
    const service = object('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } });
    const all = { Namespace: one(NAMESPACE), Service: one(service), Pod: [[forbidden]] };
    const { scan: result, ids, listed } = await scan(all, {}, 'strict');
    expect(result).toMatchObject({ judgedTogether: false, unread: [{ kind: 'Pod' }] });
    expect(ids().filter((id) => id.startsWith('service-dangling'))).toEqual([]);
    expect(listed.filter((kind) => kind === 'Pod')).toHaveLength(1);
    const whole = await scan({ ...all, Pod: one() }, {}, 'strict');
    expect(whole.ids()).toContain('service-dangling web');
    const selected = await scan({ ...all, Pod: one(pod('p', ownedBy('Kafka'))) }, {}, 'strict');
    expect(selected.ids().filter((id) => id.startsWith('service-dangling'))).toEqual([]);
  });

  it('remembers no more than the bound, and then leaves out policies over several objects', async () => {
    const { scan: result } = await scan({ Namespace: one(NAMESPACE), Pod: one(pod('a'), pod('b')) }, { maxObjects: 2 });
    expect(result).toMatchObject({ judgedTogether: false, objects: 3 });
  });

  it('does not ask for Secrets unless told to, and does not miss what it could not see', async () => {
    const env = [
      { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      { name: 'B', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
    ];
    const user = object('v1', 'Pod', 'p', { spec: { containers: [{ name: 'app', image: 'a:1', env }] } });
    const { listed, found } = await scan({ Pod: one(user) }, {}, 'strict');
    expect(listed).not.toContain('Secret');
    expect(found.filter(({ policy }) => policy === 'env-ref-missing').map(({ value }) => value)).toEqual(['c']);
    const secret = object('v1', 'Secret', 's', { data: { k: 'dg==' } });
    const config = object('v1', 'ConfigMap', 'c', { data: { k: 'v' } });
    const open = await scan({ Pod: one(user), Secret: one(secret), ConfigMap: one(config) }, { secrets: true }, 'strict');
    expect(open.found.filter(({ policy }) => policy === 'env-ref-missing')).toEqual([]);
  });

  it('counts how much each exception takes away, of the cluster too', async () => {
    const exception = (name: string, policies: readonly string[], expiresAt = '2026-06-20') =>
      object('bellwether.dev/v1alpha1', 'PolicyException', name, { spec: { policies, reason: 'r', owner: 'o', expiresAt } });
    const { scan: result, ids } = await scan({
      PolicyException: one(exception('used', ['privileged']), exception('unused', ['host-network']), exception('wrong', [], 'never')),
      Pod: one(pod('a')),
    });
    expect(ids()).toEqual([]);
    expect(result.exceptions.map(({ exception: { name }, findings }) => [name, findings])).toEqual([
      ['shop/used', 1],
      ['shop/unused', 0],
    ]);
    expect(result.invalidExceptions).toHaveLength(1);
  });
});
