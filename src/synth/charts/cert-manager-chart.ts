import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { addCertManagerObject, type IssuerRef } from '../kinds/cert-manager.ts';
import type { Bundle, Process } from '../options/bundle.ts';
import { processLabels, wave } from './labels.ts';

/** Ten years and ninety days, renewed when a third is left. */
const CA = { duration: '87600h0m0s', renewBefore: '29200h0m0s' } as const;
const LEAF = { duration: '2160h0m0s', renewBefore: '720h0m0s' } as const;
/** The CA keeps its key over renewals: who trusts the old certificate of it then also trusts what the new one signs. */
const caKey = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' } as const;
const leafKey = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' } as const;

/** Processes that read a certificate from one of their volumes. */
export const certified = ({ processes }: Bundle): readonly { readonly process: Process; readonly secretName: string }[] =>
  processes.flatMap((process) => {
    const { certificate } = process.declaration;
    return certificate ? [{ process, secretName: process.secrets[certificate.volume] ?? `${process.fullName}-${certificate.volume}` }] : [];
  });

/** What `cert-manager.io/inject-ca-from` names: namespace and certificate. */
export const caSource = (bundle: Bundle, process: Process): string => `${bundle.namespace}/${process.fullName}`;

/** A CA of our own, because cert-manager then renews the leaf without a moment in which the API server trusts neither. */
export const addCertManagerChart = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'cert-manager', { disableResourceNameHashes: true });
  const { namespace } = bundle;
  const issuer = (name: string): IssuerRef => ({ group: 'cert-manager.io', kind: 'Issuer', name });
  for (const { process, secretName } of certified(bundle)) {
    const { fullName } = process;
    const named = (name: string) => ({
      name,
      namespace,
      labels: { ...processLabels(bundle, process) },
      annotations: { ...wave('access') },
    });
    addCertManagerObject(chart, 'Issuer', named(`${fullName}-root`), { selfSigned: {} });
    addCertManagerObject(chart, 'Certificate', named(`${fullName}-ca`), {
      secretName: `${fullName}-ca`,
      commonName: `${fullName}-ca`,
      isCA: true,
      issuerRef: issuer(`${fullName}-root`),
      privateKey: caKey,
      usages: ['digital signature', 'cert sign'],
      ...CA,
    });
    addCertManagerObject(chart, 'Issuer', named(fullName), { ca: { secretName: `${fullName}-ca` } });
    addCertManagerObject(chart, 'Certificate', named(fullName), {
      secretName,
      dnsNames: [fullName, `${fullName}.${namespace}`, `${fullName}.${namespace}.svc`, `${fullName}.${namespace}.svc.cluster.local`],
      issuerRef: issuer(fullName),
      privateKey: leafKey,
      usages: ['digital signature', 'key encipherment', 'server auth'],
      ...LEAF,
    });
  }
  return chart;
};
