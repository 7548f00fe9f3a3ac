import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** The parts of monitoring.coreos.com that the bundle uses, in the field names of prometheus-operator 0.85 and later. */
export interface RelabelConfig {
  readonly action: 'labeldrop' | 'replace' | 'keep' | 'drop';
  readonly regex?: string;
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** Without `jobLabel` the job is called like the service. */
export interface ServiceMonitorSpec {
  readonly namespaceSelector: { readonly matchNames: readonly string[] };
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly sampleLimit: number;
  readonly endpoints: readonly {
    readonly port: string;
    readonly path: string;
    readonly scheme: 'http' | 'https';
    readonly interval: string;
    readonly scrapeTimeout: string;
    readonly honorLabels: boolean;
    readonly relabelings?: readonly RelabelConfig[];
    readonly metricRelabelings?: readonly RelabelConfig[];
  }[];
}

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The same in a PrometheusRule and in a rule file of Prometheus. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

export interface AlertMatcher {
  readonly name: string;
  readonly matchType: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface AlertmanagerConfigSpec {
  readonly route: {
    readonly receiver: string;
    readonly groupBy: readonly string[];
    readonly groupWait: string;
    readonly groupInterval: string;
    readonly repeatInterval: string;
    readonly matchers: readonly AlertMatcher[];
    readonly routes?: readonly {
      readonly receiver: string;
      readonly matchers: readonly AlertMatcher[];
      readonly groupBy: readonly string[];
      readonly groupWait: string;
      readonly groupInterval: string;
      readonly repeatInterval: string;
    }[];
  };
  readonly receivers: readonly {
    readonly name: string;
    readonly webhookConfigs: readonly {
      readonly url?: string;
      readonly urlSecret?: { readonly name: string; readonly key: string };
      readonly sendResolved: boolean;
      readonly maxAlerts: number;
      readonly timeout?: string;
      readonly httpConfig?: {
        readonly authorization: { readonly type: string; readonly credentials: { readonly name: string; readonly key: string } };
      };
    }[];
  }[];
  readonly inhibitRules: readonly {
    readonly sourceMatch: readonly AlertMatcher[];
    readonly targetMatch: readonly AlertMatcher[];
    readonly equal: readonly string[];
  }[];
}

interface Specs {
  readonly ServiceMonitor: ServiceMonitorSpec;
  readonly PrometheusRule: { readonly groups: readonly RuleGroup[] };
  readonly AlertmanagerConfig: AlertmanagerConfigSpec;
}

// v1beta1 needs the conversion webhook of the operator, which most installations do not have.
const VERSIONS: Readonly<Record<keyof Specs, string>> = { ServiceMonitor: 'v1', PrometheusRule: 'v1', AlertmanagerConfig: 'v1alpha1' };

export const addMonitoringObject = <K extends keyof Specs>(
  scope: Construct,
  kind: K,
  metadata: ApiObjectMetadata & { readonly name: string },
  spec: Specs[K],
): ApiObject =>
  new ApiObject(scope, `${kind}-${metadata.name}`, { apiVersion: `monitoring.coreos.com/${VERSIONS[kind]}`, kind, metadata, spec });
