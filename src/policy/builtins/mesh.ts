import { joinPointer } from '../model/json-pointer.ts';
import { groupOf } from '../model/kubernetes-object.ts';
import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { type JsonRecord, listOf, own, recordOf } from '../model/value.ts';

const LAX: ReadonlySet<unknown> = new Set(['PERMISSIVE', 'DISABLE']);

/** Mutual TLS that is not enforced, and routes for every host. */
const istioMtls = objectRule((object, { base }) => {
  const spec = recordOf(object.spec);
  if (groupOf(object) === 'networking.istio.io')
    return listOf(spec.hosts).flatMap((host, i): Violation[] => {
      if (typeof host !== 'string' || !host.includes('*')) return [];
      const message = `the VirtualService takes requests for ${host}; name the hosts`;
      return [{ path: `${base}/spec/hosts/${i}`, value: host, expected: 'full host names', message }];
    });
  const found: Violation[] = [];
  const { mode } = recordOf(spec.mtls);
  if (LAX.has(mode)) found.push({ path: `${base}/spec/mtls/mode`, value: mode, expected: 'STRICT' });
  for (const [port, settings] of Object.entries(recordOf(spec.portLevelMtls)))
    if (LAX.has(recordOf(settings).mode))
      found.push({ path: `${joinPointer(`${base}/spec/portLevelMtls`, port)}/mode`, value: recordOf(settings).mode, expected: 'STRICT' });
  return found.length > 0 ? found : FINE;
});

/** Labels and annotations that keep the proxy of a mesh out. */
const OPT_OUTS: Readonly<Record<string, readonly unknown[]>> = {
  'sidecar.istio.io/inject': ['false', false],
  'istio-injection': ['disabled'],
  'linkerd.io/inject': ['disabled'],
  'kuma.io/sidecar-injection': ['disabled', 'false', false],
  'consul.hashicorp.com/connect-inject': ['false', false],
};

const optOuts = (metadata: JsonRecord, at: string): Violation[] =>
  (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries(OPT_OUTS).flatMap(([key, values]): Violation[] => {
      const value = own(recordOf(metadata[field]), key);
      return values.includes(value) ? [{ path: joinPointer(`${at}/${field}`, key), value, expected: 'absent' }] : [];
    }),
  );

const meshInjection = objectRule((object, { pods, base }) => {
  if (pods) return optOuts(pods.metadata, pods.metadataPath);
  return object.kind === 'Namespace' ? optOuts(recordOf(object.metadata), `${base}/metadata`) : FINE;
});

/** Service meshes. */
export const MESH_RULES = { 'istio-mtls': istioMtls, 'mesh-injection': meshInjection } as const;
