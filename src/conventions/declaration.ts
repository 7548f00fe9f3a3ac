import type { CustomResourceDeclaration } from './custom-resource.ts';
import type { MetricDefinition } from './metric.ts';
import type { WebhookDeclaration } from './webhook.ts';

/** What a process needs from its cluster, as data: the bundle, the metric docs and the RBAC tests are made from it. */
export interface ModuleDeclaration {
  /** Name of the process and of its objects. */
  readonly name: string;
  /** How it runs; a Deployment where absent. */
  readonly workload?: WorkloadDeclaration;
  /** Pods of a Deployment or StatefulSet unless the options say otherwise; 1 where absent. */
  readonly replicas?: number;
  /** Several pods may share its work, each with a part of its own: the option `shards` makes it a StatefulSet, and `sharding.shards` in its configuration says how many. */
  readonly shardable?: boolean;
  /** Arguments of the `bellwether` command. */
  readonly args: readonly string[];
  readonly ports: readonly PortDeclaration[];
  readonly rbac: readonly RbacRule[];
  readonly metrics: readonly MetricDefinition[];
  readonly alerts: readonly AlertDeclaration[];
  /** Only what runs to its end goes without. */
  readonly probes?: { readonly startup?: ProbeDeclaration; readonly liveness: ProbeDeclaration; readonly readiness: ProbeDeclaration };
  readonly volumes: readonly VolumeDeclaration[];
  /** Why it runs as root: without any capability it may still read what only root may. Anything else runs as nobody. */
  readonly asRoot?: string;
  /** Outgoing connections beyond DNS, for NetworkPolicies. */
  readonly egress: readonly EgressDeclaration[];
  readonly resources: { readonly cpuRequest: string; readonly memoryRequest: string; readonly memoryLimit: string };
  /** Facts about its own pod that it reads from its environment. Secrets come as files: see `VolumeDeclaration`. */
  readonly environment?: readonly EnvironmentDeclaration[];
  /** Kinds of ours that it brings. They stay when the bundle is taken away, because users' objects would go with them. */
  readonly customResources?: readonly CustomResourceDeclaration[];
  readonly webhooks?: readonly WebhookDeclaration[];
  /** Where it reads `tls.crt`, `tls.key` and `ca.crt` if the component `cert-manager` is used: one of its optional secret volumes. */
  readonly certificate?: { readonly volume: string };
  /** What no other field can say, such as a ValidatingAdmissionPolicy; complete objects save for labels and wave, which synth adds. */
  readonly objects?: (place: ProcessPlace) => readonly DeclaredObject[];
}

/**
 * A DaemonSet runs on every node, whatever its taints. A StatefulSet gives each pod a volume of its own. A CronJob never runs twice at a time; a Job runs once per change. Both are ended at
 * the deadline. With `shardsOf` they have a pod for each shard of that process, which is told its number in `JOB_COMPLETION_INDEX`; with `last` nothing of
 * the bundle waits for a Job.
 */
export type WorkloadDeclaration =
  | { readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' }
  | {
      readonly kind: 'CronJob';
      readonly schedule: string;
      readonly deadlineSeconds: number;
      readonly retries?: number;
      readonly shardsOf?: string;
    }
  | {
      readonly kind: 'Job';
      readonly deadlineSeconds: number;
      readonly retries?: number;
      readonly shardsOf?: string;
      readonly last?: true;
    };

/** Names in the cluster, as the options say. */
export interface ProcessPlace {
  readonly bundle: string;
  readonly namespace: string;
  /** Of the process, its service and its service account. */
  readonly fullName: string;
}

export interface DeclaredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export interface EnvironmentDeclaration {
  readonly name: string;
  readonly field: 'metadata.name' | 'metadata.namespace' | 'spec.nodeName' | 'status.podIP';
}

export interface PortDeclaration {
  readonly name: string;
  readonly port: number;
  readonly purpose: string;
  /** Scraped by Prometheus; `honorLabels` where the series carry the workload's own namespace. */
  readonly scrape?: { readonly path: string; readonly honorLabels: boolean };
  /** Port of the service where it is another one. */
  readonly servicePort?: number;
  /**
   * Who may connect besides the Prometheus that scrapes. `own`: pods of the bundle, which is what a port that is not scraped has where this
   * is absent. `anywhere` is for the API server, whose address nobody knows before.
   */
  readonly from?: readonly PortClient[];
  /** Pages and an API for people: what the option `route` of the process puts behind a Gateway. */
  readonly forPeople?: boolean;
}

export type PortClient = 'own' | 'alertmanager' | 'anywhere';

/** A Kubernetes RBAC rule; empty lists of names mean all objects. `{fullName}` in a name stands for the name of the process. */
export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  /** Granted in the namespace of the bundle alone; cluster-wide where absent. */
  readonly ownNamespace?: boolean;
  /** Granted in these namespaces alone, which have to be there. */
  readonly namespaces?: readonly string[];
  readonly reason: string;
}

export interface AlertDeclaration {
  readonly name: string;
  readonly expr: string;
  readonly forSeconds?: number;
  readonly keepFiringForSeconds?: number;
  readonly severity: 'critical' | 'warning' | 'info' | 'none';
  readonly summary: string;
  readonly description: string;
}

export interface ProbeDeclaration {
  readonly port: string;
  readonly path: string;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/**
 * `host` is a folder of the node, for which a namespace has to allow more than Pod Security "baseline". `config` holds the configuration file. `secret` is a Secret that the user or another controller makes, never the bundle: its name is that of
 * the process and of the volume, unless the option `secrets` of the process names another one. `shared` is the volume of models, one for the bundle.
 */
export interface VolumeDeclaration {
  readonly name: string;
  readonly mountPath: string;
  readonly kind: 'persistent' | 'empty' | 'config' | 'secret' | 'host' | 'shared';
  /** `config` and `secret` only: that of another process, which has a volume of this name. */
  readonly of?: string;
  /** `shared` only: who does not write. */
  readonly readOnly?: true;
  /** `host` only: the folder of the node. It is mounted for reading alone, and made where it is not there. */
  readonly hostPath?: string;
  readonly size?: string;
  /** Secrets only: the pod starts without it, and sees it once it is there. */
  readonly optional?: boolean;
}

export interface EgressDeclaration {
  /** `own`: pods of the bundle in the same namespace. `bundle`: those of its main namespace. `anywhere`: by port alone, inside and outside of the cluster. */
  readonly to: 'prometheus' | 'alertmanager' | 'kubernetes-api' | 'own' | 'bundle' | 'anywhere';
  readonly port: number;
}
