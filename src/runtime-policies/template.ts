import type { KubernetesObject } from '../platform/index.ts';

/** What Tetragon calls a kprobe: a function of the kernel, which of its arguments are looked at, and when it counts. Fields as in `TracingPolicyNamespaced`. */
export interface Hook {
  readonly call: string;
  readonly syscall: boolean;
  readonly message: string;
  readonly args: readonly { readonly index: number; readonly type: string }[];
  readonly selectors: readonly HookSelector[];
}

export interface HookSelector {
  readonly matchArgs: readonly { readonly index: number; readonly operator: string; readonly values: readonly string[] }[];
  readonly matchBinaries?: readonly { readonly operator: string; readonly values: readonly string[] }[];
  readonly matchActions: readonly HookAction[];
}

/** `Override` refuses the call with an error (needs a kernel with CONFIG_BPF_KPROBE_OVERRIDE, and a function of the security hooks); `Sigkill` ends the process. */
export type HookAction =
  | { readonly action: 'Override'; readonly argError: number }
  | { readonly action: 'Sigkill' }
  | { readonly action: 'Post' };

/** Values of a template; all of them checked before a template sees them. */
export interface TemplateValues {
  readonly paths: readonly string[];
  readonly cidrs: readonly string[];
  readonly exceptBinaries: readonly string[];
}

/** One thing that a workload never does by itself. */
export interface PolicyTemplate {
  readonly name: string;
  readonly title: string;
  /** What values it needs besides exceptions. */
  readonly needs: 'nothing' | 'paths' | 'cidrs';
  /** What it does in enforce mode, and what it cannot see; sentences for `plan` and the page. */
  readonly notes: readonly string[];
  hooks(values: TemplateValues): readonly Hook[];
}

/** A policy as it is in the cluster. */
export interface TracingPolicy extends KubernetesObject {
  readonly spec?: {
    readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly kprobes?: readonly unknown[];
    readonly options?: readonly { readonly name: string; readonly value: string }[];
  };
}

export const TRACING_POLICY = { apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicyNamespaced' } as const;
