import type { Bundle, Process } from '../options/bundle.ts';

/**
 * Labels that select pods; they can never be changed on an existing Deployment. `app.kubernetes.io/instance` is left to Argo CD,
 * which may track objects by it.
 */
export const selectorLabels = (bundle: Pick<Bundle, 'name'>, process: Process): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': bundle.name,
  'app.kubernetes.io/component': process.declaration.name,
});

/** On every object: finds all that is ours. */
export const commonLabels = (bundle: Pick<Bundle, 'name'>): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/part-of': bundle.name,
  'app.kubernetes.io/managed-by': 'cdk8s',
});

/** On the objects of one process. */
export const processLabels = (bundle: Pick<Bundle, 'name'>, process: Process): Readonly<Record<string, string>> => ({
  ...commonLabels(bundle),
  ...selectorLabels(bundle, process),
});

/**
 * Order of Argo CD. A wave waits until the one before is healthy, so a volume claim stays in the wave of its pod: with
 * WaitForFirstConsumer it is bound only then.
 */
export const WAVES = { foundation: '-2', access: '-1', processes: '0', monitoring: '1', webhooks: '2' } as const;

export const wave = (step: keyof typeof WAVES): Readonly<Record<string, string>> => ({ 'argocd.argoproj.io/sync-wave': WAVES[step] });

/** Flux would read `${...}` in rules and dashboards as its own variables. */
export const NO_SUBSTITUTION = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } as const;
