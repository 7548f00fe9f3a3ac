import type { PssTarget } from '../model/policy.ts';
import type { PodView } from '../pods/pod-view.ts';

/** Since 1.25 some Linux controls leave pods alone whose `spec.os.name` is windows. */
export const sinceWindowsExempt = ({ isWindows }: PodView, { minor }: PssTarget): boolean => isWindows && minor >= 25;

/** Since 1.35 some controls leave pods alone that have a user namespace of their own (`hostUsers: false`). */
export const sinceUserNamespaceExempt = ({ hasUserNamespace }: PodView, { minor }: PssTarget): boolean => hasUserNamespace && minor >= 35;
