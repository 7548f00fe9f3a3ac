import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** The parts of grafana.integreatly.org/v1beta1 that the bundle uses. `instanceSelector` can never be changed on an existing object. */
interface Specs {
  readonly GrafanaFolder: {
    readonly title: string;
    readonly uid: string;
    readonly allowCrossNamespaceImport: boolean;
    readonly instanceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly resyncPeriod: string;
  };
  readonly GrafanaDashboard: {
    readonly json: string;
    readonly folderRef: string;
    readonly allowCrossNamespaceImport: boolean;
    readonly instanceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly resyncPeriod: string;
  };
}

export const addGrafanaObject = <K extends keyof Specs>(
  scope: Construct,
  kind: K,
  metadata: ApiObjectMetadata & { readonly name: string },
  spec: Specs[K],
): ApiObject => new ApiObject(scope, `${kind}-${metadata.name}`, { apiVersion: 'grafana.integreatly.org/v1beta1', kind, metadata, spec });
