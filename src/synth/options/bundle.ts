import type { ModuleDeclaration } from '../../conventions/index.ts';
import type { TrainingPlan } from '../../training/declare.ts';
import type { OverlayName } from './bundle-options.ts';

/** The options with every default filled in and every value checked. */
export interface Bundle {
  readonly name: string;
  readonly namespace: string;
  /** Parts in a namespace of their own: where the rest of the bundle is. */
  readonly home?: string;
  /** What Pod Security allows in the namespace; `restricted` where absent. */
  readonly podSecurity?: 'restricted' | 'privileged';
  readonly image: ImageSettings;
  readonly overlays: readonly Overlay[];
  /** Back-ends of mitigations that are switched on; none: mitigations are off. They act in these namespaces, everywhere where there is none. */
  readonly mitigation: {
    readonly backEnds: readonly { readonly name: string; readonly mode: 'dryRun' | 'enforce' }[];
    readonly namespaces: readonly string[];
  };
  readonly training: TrainingSettings;
  readonly collector: ApartSettings;
  readonly decoy: ApartSettings;
  readonly processes: readonly Process[];
  /** In components of their own, for whoever wants them. */
  readonly optIn: readonly Process[];
  readonly scrape: { readonly intervalSeconds: number; readonly timeoutSeconds: number; readonly sampleLimit: number };
  readonly rules: RuleSettings;
  readonly routing: RoutingSettings;
  readonly grafana: GrafanaSettings;
  readonly runbookUrl: string;
  readonly networkPolicies: boolean;
}

export interface ImageSettings {
  readonly reference: string;
  readonly pullPolicy: 'Always' | 'IfNotPresent';
  readonly pullSecrets: readonly string[];
}

/** A part with a namespace of its own. */
export interface ApartSettings {
  /** Whether overlays take it without being asked. */
  readonly enabled: boolean;
  readonly namespace: string;
  readonly image: ImageSettings;
  readonly processes: readonly Process[];
}

/** Training in the cluster. */
export interface TrainingSettings extends TrainingPlan {
  /** Whether the base has it; otherwise it is a component. */
  readonly enabled: boolean;
  /** Whether the base also has the Job that trains a first model. */
  readonly first: boolean;
  readonly learned: 'shadow' | 'on';
  /** Volume of the models, which the exporter reads. */
  readonly storage: {
    readonly size: string;
    readonly storageClass: string | undefined;
    readonly accessMode: 'ReadWriteOnce' | 'ReadWriteMany';
  };
}

/** What differs between clusters. */
export interface Surroundings {
  readonly monitoringNamespace: string;
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly prometheusPodLabels: Readonly<Record<string, string>>;
  readonly preset: 'raw' | 'recorded';
  readonly persistence: boolean;
  /** For parts in a namespace of their own: where the rest of the bundle is. */
  readonly home?: string;
}

export interface Overlay extends Surroundings {
  readonly name: OverlayName;
  readonly release: string;
  readonly prometheusServiceAccount: string;
  readonly certManager: boolean;
}

/** A process of the bundle: what it declares, and what the options say about it. */
export interface Process {
  readonly declaration: ModuleDeclaration;
  /** Of its objects. */
  readonly fullName: string;
  readonly replicas: number;
  /** Pods that share its work, each with a part and a volume of its own; undefined where one pod does it all. */
  readonly shards: number | undefined;
  readonly resources: { readonly cpuRequest: string; readonly memoryRequest: string; readonly memoryLimit: string };
  readonly volumeSize: string | undefined;
  readonly storageClass: string | undefined;
  readonly priorityClass: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of Secrets by volume, where they are not called after the process. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Namespaces whose pods may use the ports for people. */
  readonly openTo: readonly string[];
  readonly route: RouteSettings | undefined;
  /** What the options change in all webhooks of the process. */
  readonly webhooks: {
    readonly failurePolicy: 'Ignore' | 'Fail' | undefined;
    readonly timeoutSeconds: number | undefined;
    readonly exemptNamespaces: readonly string[];
  };
}

/** A Gateway, and the host name under which it gives the pages of a process. */
export interface RouteSettings {
  readonly gateway: string;
  readonly gatewayNamespace: string;
  readonly hostname: string;
  readonly section: string | undefined;
}

export interface RuleSettings {
  readonly intervalSeconds: number;
  readonly recording: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly workload: {
    readonly windowSeconds: number;
    readonly threshold: number;
    readonly keepFiringForSeconds: number;
    readonly severity: 'warning' | 'info';
    readonly sustained: { readonly windowSeconds: number; readonly share: number } | undefined;
  };
  readonly stormWorkloads: number;
}

export interface RoutingSettings {
  readonly enabled: boolean;
  /** Exactly one of the two is given. */
  readonly url: string | undefined;
  readonly urlSecret: { readonly name: string; readonly key: string } | undefined;
  /** Holds the bearer token that goes with each call. */
  readonly tokenSecret: { readonly name: string; readonly key: string } | undefined;
}

export interface GrafanaSettings {
  readonly url: string;
  readonly folder: string;
  readonly folderAnnotation: string;
  readonly sidecarLabel: string;
  readonly sidecarLabelValue: string;
  readonly instanceLabels: Readonly<Record<string, string>>;
}
