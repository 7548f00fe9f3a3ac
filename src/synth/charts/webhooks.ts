import type { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { HookDeclaration, LabelExpression } from '../../conventions/index.ts';
import type { Bundle, Process } from '../options/bundle.ts';
import { processLabels, wave } from './labels.ts';

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

const expressions = (list: readonly LabelExpression[]): k8s.LabelSelectorRequirement[] =>
  list.map(({ key, operator, values }) => ({ key, operator, ...(values ? { values: [...values] } : {}) }));

/** Our own first, the others sorted: the same bytes in whatever order the options name them, also in the chart, which fills in our own. */
const exempt = (hook: HookDeclaration, bundle: Bundle, process: Process): LabelExpression => ({
  key: NAMESPACE_NAME,
  operator: 'NotIn',
  values: [...new Set([bundle.namespace, ...[...hook.exemptNamespaces, ...process.webhooks.exemptNamespaces].sort()])],
});

/** The same fields for both kinds of webhook, with every default of the API server and without a CA. */
const webhook = (hook: HookDeclaration, bundle: Bundle, process: Process): k8s.ValidatingWebhook => {
  const port = process.declaration.ports.find(({ name }) => name === hook.port);
  if (!port) throw new Error(`webhook ${hook.name} of ${process.declaration.name} asks at port "${hook.port}", which is not declared`);
  return {
    name: hook.name,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: { name: process.fullName, namespace: bundle.namespace, path: hook.path, port: port.servicePort ?? port.port },
    },
    rules: hook.rules.map(({ apiGroups, apiVersions, resources, operations, scope = '*' }) => ({
      apiGroups: [...apiGroups],
      apiVersions: [...apiVersions],
      resources: [...resources],
      operations: [...operations],
      scope,
    })),
    failurePolicy: hook.mayFail === false ? hook.failurePolicy : (process.webhooks.failurePolicy ?? hook.failurePolicy),
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: process.webhooks.timeoutSeconds ?? hook.timeoutSeconds,
    namespaceSelector: { matchExpressions: expressions([exempt(hook, bundle, process), ...(hook.namespaceExpressions ?? [])]) },
    objectSelector: hook.objectExpressions ? { matchExpressions: expressions(hook.objectExpressions) } : {},
    ...(hook.matchConditions ? { matchConditions: hook.matchConditions.map((condition) => ({ ...condition })) } : {}),
  };
};

/** Last of all waves: who answers must be there before the API server asks. */
export const addWebhooks = (chart: Chart, bundle: Bundle, process: Process): void => {
  for (const { kind, name, hooks } of process.declaration.webhooks ?? []) {
    const metadata = {
      name: `${process.fullName}-${name}`,
      labels: { ...processLabels(bundle, process) },
      annotations: { ...wave('webhooks') },
    };
    const webhooks = hooks.map((hook) => webhook(hook, bundle, process));
    if (kind === 'validating') new k8s.KubeValidatingWebhookConfiguration(chart, `webhook-${name}`, { metadata, webhooks });
    else
      new k8s.KubeMutatingWebhookConfiguration(chart, `webhook-${name}`, {
        metadata,
        webhooks: webhooks.map((one) => ({ ...one, reinvocationPolicy: 'Never' })),
      });
  }
};
