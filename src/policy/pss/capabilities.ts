import { containerRule, FINE, type Violation } from '../model/policy.ts';
import { recordOf, stringsOf } from '../model/value.ts';
import { sinceWindowsExempt } from './exemptions.ts';

/** What a runtime gives without being asked; adding these changes nothing. */
const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const addedOutside = (capabilities: unknown, at: string, isAllowed: (name: string) => boolean, expected: string): Violation[] => {
  const found: Violation[] = [];
  const added = recordOf(capabilities).add;
  if (!Array.isArray(added)) return found;
  added.forEach((name: unknown, i) => {
    if (typeof name === 'string' && !isAllowed(name))
      found.push({ path: `${at}/securityContext/capabilities/add/${i}`, value: name, expected });
  });
  return found;
};

/** Capabilities added beyond the default set, 1.0 and later. */
const baseline = containerRule(({ securityContext, path, pod }, { pss }) => {
  if (securityContext.capabilities === undefined) return FINE;
  // Restricted replaces this control by the next one, which leaves Windows pods alone.
  if (pss.level === 'restricted' && sinceWindowsExempt(pod, pss)) return FINE;
  return addedOutside(securityContext.capabilities, path, (name) => DEFAULT_CAPABILITIES.has(name), 'a capability of the default set');
});

const onlyBind = (violation: Violation, container: string): Violation => ({
  ...violation,
  message: `container ${container} adds ${String(violation.value)}; only NET_BIND_SERVICE may be added`,
});

/** Drop ALL and add at most NET_BIND_SERVICE, 1.22 and later; Windows pods are exempt since 1.25. */
const restricted = containerRule(({ securityContext, path, pod, name: container }, { pss }) => {
  if (sinceWindowsExempt(pod, pss)) return FINE;
  const { drop } = recordOf(securityContext.capabilities);
  const found = addedOutside(securityContext.capabilities, path, (name) => name === 'NET_BIND_SERVICE', 'at most NET_BIND_SERVICE').map(
    (violation) => onlyBind(violation, container),
  );
  if (stringsOf(drop).includes('ALL')) return found.length > 0 ? found : FINE;
  return [{ path: `${path}/securityContext/capabilities/drop`, value: drop ?? undefined, expected: '["ALL"]' }, ...found];
});

export const CAPABILITY_RULES = { 'pss-capabilities-baseline': baseline, 'pss-capabilities-restricted': restricted } as const;
