import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, numberOf, recordOf, stringsOf } from '../model/value.ts';

const MAX_TIMEOUT_SECONDS = 10;
/** What the cluster needs to stay alive: a slow or absent webhook on one of these stops it. */
const VITAL: readonly (readonly [group: string, resource: string])[] = [
  ['coordination.k8s.io', 'leases'],
  ['', 'nodes'],
  ['', 'events'],
  ['events.k8s.io', 'events'],
  ['authorization.k8s.io', 'subjectaccessreviews'],
  ['authentication.k8s.io', 'tokenreviews'],
];

/** Groups of Kubernetes itself; a webhook for one's own resources harms only oneself. */
const isCoreGroup = (group: string): boolean => group === '*' || !group.includes('.') || group.endsWith('.k8s.io');

const isEmptySelector = (selector: unknown): boolean => {
  const { matchLabels, matchExpressions } = recordOf(selector);
  return Object.keys(recordOf(matchLabels)).length === 0 && listOf(matchExpressions).length === 0;
};

const matchesVital = (rule: JsonRecord): string | undefined => {
  const [groups, resources] = [stringsOf(rule.apiGroups), stringsOf(rule.resources)];
  const found = VITAL.find(
    ([group, resource]) =>
      (groups.includes('*') || groups.includes(group)) &&
      resources.some((entry) => entry === '*' || entry === '*/*' || entry === resource || entry === `${resource}/*`),
  );
  return found?.[1];
};

const judge = (webhook: JsonRecord, at: string): Violation[] => {
  const found: Violation[] = [];
  const timeout = numberOf(webhook.timeoutSeconds);
  if (timeout !== undefined && timeout > MAX_TIMEOUT_SECONDS)
    found.push({
      path: `${at}/timeoutSeconds`,
      value: timeout,
      message: `a webhook may hold each request for ${timeout} s; write at most ${MAX_TIMEOUT_SECONDS}`,
    });
  const rules = listOf(webhook.rules).map(recordOf);
  const mustAnswer = isAbsent(webhook.failurePolicy) || webhook.failurePolicy === 'Fail';
  const isLimited =
    !isEmptySelector(webhook.namespaceSelector) || !isEmptySelector(webhook.objectSelector) || listOf(webhook.matchConditions).length > 0;
  if (mustAnswer && !isLimited && rules.some(({ apiGroups }) => stringsOf(apiGroups).some(isCoreGroup))) {
    const message =
      'the webhook must answer for every namespace, also for its own and for kube-system: when it is down, nothing can bring it back';
    found.push({ path: `${at}/namespaceSelector`, value: webhook.namespaceSelector ?? undefined, message });
  }
  // matchConditions may well leave them out.
  if (listOf(webhook.matchConditions).length === 0)
    rules.forEach((rule, i) => {
      const vital = matchesVital(rule);
      if (vital === undefined) return;
      found.push({
        path: `${at}/rules/${i}/resources`,
        value: rule.resources,
        message: `the webhook is asked about ${vital}, which the cluster needs every second`,
      });
    });
  return found;
};

const webhookHygiene = objectRule((object, { base }) => {
  const found = listOf(object.webhooks).flatMap((item, i) => judge(recordOf(item), `${base}/webhooks/${i}`));
  return found.length > 0 ? found : FINE;
});

/** Webhooks of others. */
export const WEBHOOK_RULES = { 'webhook-hygiene': webhookHygiene } as const;
