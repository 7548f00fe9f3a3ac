import type { MetricDefinition } from './metric.ts';

/** What a process needs from its cluster, as data: the bundle, the metric docs and the RBAC tests are made from it. */
export interface ModuleDeclaration {
  /** Name of the process and of its Deployment. */
  readonly name: string;
  /** Arguments of the `bellwether` command. */
  readonly args: readonly string[];
  readonly ports: readonly PortDeclaration[];
  readonly rbac: readonly RbacRule[];
  readonly metrics: readonly MetricDefinition[];
  readonly alerts: readonly AlertDeclaration[];
  readonly probes: { readonly startup?: ProbeDeclaration; readonly liveness: ProbeDeclaration; readonly readiness: ProbeDeclaration };
  readonly volumes: readonly VolumeDeclaration[];
  /** Outgoing connections beyond DNS, for NetworkPolicies. */
  readonly egress: readonly EgressDeclaration[];
  readonly resources: { readonly cpuRequest: string; readonly memoryRequest: string; readonly memoryLimit: string };
}

export interface PortDeclaration {
  readonly name: string;
  readonly port: number;
  readonly purpose: string;
  /** Scraped by Prometheus; `honorLabels` where the series carry the workload's own namespace. */
  readonly scrape?: { readonly path: string; readonly honorLabels: boolean };
}

/** A Kubernetes RBAC rule; empty lists of names mean all objects. */
export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  /** Granted in the namespace of the bundle alone; cluster-wide where absent. */
  readonly ownNamespace?: boolean;
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

export interface VolumeDeclaration {
  readonly name: string;
  readonly mountPath: string;
  readonly kind: 'persistent' | 'empty' | 'config' | 'secret';
  readonly size?: string;
}

export interface EgressDeclaration {
  readonly to: 'prometheus' | 'alertmanager' | 'kubernetes-api';
  readonly port: number;
}
