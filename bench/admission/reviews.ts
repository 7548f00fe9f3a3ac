import { load } from 'js-yaml';
import { deployment } from '../scanner/deployment.ts';

const review = (object: object, kind: string, resource: string): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '0b4a7f6e-3c7e-4c1b-9b1a-1f2e3d4c5b6a',
      operation: 'CREATE',
      kind: { group: kind === 'Deployment' ? 'apps' : '', version: 'v1', kind },
      resource: { group: kind === 'Deployment' ? 'apps' : '', version: 'v1', resource },
      name: 'web-0',
      namespace: 'team-0',
      userInfo: { username: 'system:serviceaccount:ci:deployer', groups: ['system:serviceaccounts', 'system:authenticated'] },
      object,
      oldObject: null,
      dryRun: false,
    },
  });

/** A Deployment as `kubectl apply` makes it, with what the server adds until the whole review has `bytes`. */
export const deploymentReview = (bytes: number): string => {
  const object = load(deployment(0)) as { metadata: Record<string, unknown> };
  const padded = (length: number): string =>
    review(
      { ...object, metadata: { ...object.metadata, annotations: { 'example.com/last-applied': 'x'.repeat(length) } } },
      'Deployment',
      'deployments',
    );
  return padded(Math.max(0, bytes - padded(0).length));
};

/** A ConfigMap of many keys, as large as an API server takes. */
export const largeReview = (bytes: number): string => {
  const value = 'some text that nobody would call a secret. '.repeat(25);
  const data = Object.fromEntries(Array.from({ length: Math.floor(bytes / value.length) }, (_, i) => [`file-${i}.txt`, value]));
  return review({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large', namespace: 'team-0' }, data }, 'ConfigMap', 'configmaps');
};
