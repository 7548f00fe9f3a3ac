import { type BundleOptions, synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject, named, objectsIn } from './bundle-objects.ts';
import { ALL_DECLARATIONS, PARCEL } from './example-declarations.ts';

const build = (options: BundleOptions = {}): readonly KubernetesObject[] => objectsIn(synthesise(options, ALL_DECLARATIONS));
const objects = build();
const one = (kind: string, name: string, among = objects): KubernetesObject => {
  const [object] = named(among, kind, name);
  if (!object) throw new Error(`no ${kind} ${name}`);
  return object;
};

describe('a kind of ours', () => {
  const crd = one('CustomResourceDefinition', 'parcels.example.bellwether.dev');

  it('comes first, with the schema and the rules of its declaration', () => {
    expect(crd.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/sync-wave': '-2' });
    const version = get(crd, 'spec', 'versions', 0);
    expect(get(version, 'schema', 'openAPIV3Schema')).toEqual(PARCEL.versions[0]?.schema);
    expect(get(version, 'subresources')).toEqual({ status: {} });
    expect(get(version, 'additionalPrinterColumns', 1)).toMatchObject({ name: 'Expires', priority: 1 });
  });

  it('is kept by Argo CD, Flux and Helm when the bundle goes, and can be told apart by a label', () => {
    expect(crd.metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      'helm.sh/resource-policy': 'keep',
    });
    expect(crd.metadata.labels).toMatchObject({ 'bellwether.dev/keep': 'true' });
  });
});

describe('an admission webhook', () => {
  const hookOf = (among = objects): unknown => get(one('ValidatingWebhookConfiguration', 'bellwether-gate-check', among), 'webhooks', 0);

  it('comes last and without a CA, asks at the port of the service, and never about our own namespace', () => {
    expect(one('ValidatingWebhookConfiguration', 'bellwether-gate-check').metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-wave': '2',
    });
    expect(get(hookOf(), 'clientConfig')).toEqual({
      service: { name: 'bellwether-gate', namespace: 'bellwether', path: '/validating', port: 443 },
    });
    expect(get(hookOf(), 'namespaceSelector', 'matchExpressions')).toEqual([
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['bellwether', 'kube-system'] },
      { key: 'bellwether.dev/gate', operator: 'NotIn', values: ['off'] },
    ]);
    expect(get(hookOf(), 'failurePolicy')).toBe('Ignore');
  });

  it('takes policy, time and exempt namespaces from the options', () => {
    const webhooks = { failurePolicy: 'Fail', timeout: '10s', exemptNamespaces: ['argocd'] } as const;
    const changed = hookOf(build({ processes: { gate: { webhooks } } }));
    expect([get(changed, 'failurePolicy'), get(changed, 'timeoutSeconds')]).toEqual(['Fail', 10]);
    expect(get(changed, 'namespaceSelector', 'matchExpressions', 0, 'values')).toEqual(['bellwether', 'argocd', 'kube-system']);
  });
});

describe('the component cert-manager', () => {
  it('gives the process its certificate by a CA of its own, under the names of its service', () => {
    expect(get(one('Certificate', 'bellwether-gate'), 'spec', 'secretName')).toBe('bellwether-gate-tls');
    expect(get(one('Certificate', 'bellwether-gate'), 'spec', 'dnsNames')).toContain('bellwether-gate.bellwether.svc');
    expect(get(one('Certificate', 'bellwether-gate-ca'), 'spec', 'isCA')).toBe(true);
    expect(get(one('Issuer', 'bellwether-gate'), 'spec', 'ca', 'secretName')).toBe('bellwether-gate-ca');
  });

  it('is in an overlay only where asked for, and lets cert-manager fill in the CA of each webhook', () => {
    const files = synthesise({ overlays: { minimal: { certManager: true }, 'kube-prometheus': {} } }, ALL_DECLARATIONS);
    expect(files.get('manifests/overlays/minimal/kustomization.yaml')).toContain('- ../../components/cert-manager');
    expect(files.get('manifests/overlays/kube-prometheus/kustomization.yaml')).not.toContain('cert-manager');
    const component = files.get('manifests/components/cert-manager/kustomization.yaml');
    expect(component?.match(/inject-ca-from\n\s+value: bellwether\/bellwether-gate\n/g)).toHaveLength(2);
  });
});

describe('a route', () => {
  const options: BundleOptions = {
    processes: { store: { route: { gateway: 'public', gatewayNamespace: 'edge', hostname: 'bw.example.org', section: 'https' } } },
  };

  it('is there only where a Gateway is named', () => {
    expect(named(objects, 'HTTPRoute')).toEqual([]);
    const route = one('HTTPRoute', 'bellwether-store', build(options)).spec;
    expect(get(route, 'parentRefs', 0)).toMatchObject({ name: 'public', namespace: 'edge', sectionName: 'https' });
    expect(get(route, 'rules', 0, 'backendRefs', 0)).toMatchObject({ name: 'bellwether-store', port: 9601 });
  });

  it('opens the port for people to the namespace of the Gateway, and no other port', () => {
    const ingress = get(one('NetworkPolicy', 'bellwether-store', build(options)).spec, 'ingress') as {
      from: unknown[];
      ports: unknown[];
    }[];
    const edge = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } };
    expect(ingress.filter(({ from }) => JSON.stringify(from).includes('edge')).map(({ ports }) => ports)).toEqual([
      [{ port: 9601, protocol: 'TCP' }],
    ]);
    expect(ingress.flatMap(({ from }) => from)).toContainEqual(edge);
  });
});

describe('workloads', () => {
  it('with state have a volume and a name per pod, and the service of names is not scraped twice', () => {
    const set = one('StatefulSet', 'bellwether-store');
    expect(get(set, 'spec', 'volumeClaimTemplates', 0, 'metadata', 'name')).toBe('data');
    expect(get(set, 'spec', 'serviceName')).toBe('bellwether-store-pods');
    expect(get(set, 'spec', 'replicas')).toBe(2);
    const selector = get(one('ServiceMonitor', 'bellwether-store'), 'spec', 'selector', 'matchLabels') as object;
    expect(one('Service', 'bellwether-store-pods').metadata.labels).not.toMatchObject(selector);
    expect(named(objects, 'PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toEqual([
      'bellwether-exporter-state',
      'bellwether-receiver-state',
      'bellwether-models',
    ]);
  });

  it('that come again never overlap and end at their deadline', () => {
    const { spec } = one('CronJob', 'bellwether-sweeper');
    expect([get(spec, 'concurrencyPolicy'), get(spec, 'jobTemplate', 'spec', 'activeDeadlineSeconds')]).toEqual(['Forbid', 120]);
    expect(get(spec, 'jobTemplate', 'spec', 'template', 'spec', 'restartPolicy')).toBe('Never');
  });

  it('that run once are made anew by Argo CD and Flux, because a Job cannot be changed', () => {
    expect(one('Job', 'bellwether-smoke').metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-options': 'Force=true,ServerSideApply=false',
      'kustomize.toolkit.fluxcd.io/force': 'enabled',
    });
  });

  it('read secrets of other names where the options say so', () => {
    const gate = one('Deployment', 'bellwether-gate', build({ processes: { gate: { secrets: { tls: 'our-certificate' } } } }));
    expect(get(gate, 'spec', 'template', 'spec', 'volumes', 0, 'secret')).toMatchObject({ secretName: 'our-certificate', optional: true });
  });
});

describe('objects that no other field can say', () => {
  it('are written as declared, with our labels and wave', () => {
    const guard = one('ValidatingAdmissionPolicy', 'bellwether-gate-guard');
    expect(guard.metadata.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'bellwether', 'app.kubernetes.io/component': 'gate' });
    expect(JSON.stringify(guard.spec)).toContain('system:serviceaccount:bellwether:bellwether-gate');
  });
});
