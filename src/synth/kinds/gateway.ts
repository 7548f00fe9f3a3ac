import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** The parts of gateway.networking.k8s.io/v1 that the bundle uses, with the fields that its CRDs would fill in. */
interface Specs {
  readonly HTTPRoute: {
    readonly parentRefs: readonly {
      readonly group: 'gateway.networking.k8s.io';
      readonly kind: 'Gateway';
      readonly name: string;
      readonly namespace: string;
      readonly sectionName?: string;
    }[];
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches: readonly { readonly path: { readonly type: 'PathPrefix' | 'Exact'; readonly value: string } }[];
      readonly backendRefs: readonly {
        readonly group: '';
        readonly kind: 'Service';
        readonly name: string;
        readonly port: number;
        readonly weight: number;
      }[];
    }[];
  };
}

export const addGatewayObject = <K extends keyof Specs>(
  scope: Construct,
  kind: K,
  metadata: ApiObjectMetadata & { readonly name: string },
  spec: Specs[K],
): ApiObject => new ApiObject(scope, `${kind}-${metadata.name}`, { apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata, spec });
