import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface IssuerRef {
  readonly group: 'cert-manager.io';
  readonly kind: 'Issuer' | 'ClusterIssuer';
  readonly name: string;
}

/** The parts of cert-manager.io/v1 that the bundle uses. */
interface Specs {
  readonly Issuer: { readonly selfSigned: Readonly<Record<string, never>> } | { readonly ca: { readonly secretName: string } };
  readonly Certificate: {
    readonly secretName: string;
    readonly issuerRef: IssuerRef;
    readonly commonName?: string;
    readonly dnsNames?: readonly string[];
    readonly isCA?: boolean;
    /** Go durations in whole hours, as cert-manager writes them itself. */
    readonly duration: string;
    readonly renewBefore: string;
    readonly privateKey: { readonly algorithm: 'ECDSA'; readonly size: 256 | 384; readonly rotationPolicy: 'Always' | 'Never' };
    readonly usages: readonly ('digital signature' | 'key encipherment' | 'server auth' | 'cert sign')[];
  };
}

export const addCertManagerObject = <K extends keyof Specs>(
  scope: Construct,
  kind: K,
  metadata: ApiObjectMetadata & { readonly name: string },
  spec: Specs[K],
): ApiObject => new ApiObject(scope, `${kind}-${metadata.name}`, { apiVersion: 'cert-manager.io/v1', kind, metadata, spec });
