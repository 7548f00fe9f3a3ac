import type { Rule } from '../../src/synth/kinds/prometheus-operator.ts';
import type { BundleOptions } from '../../src/synth/options/bundle-options.ts';
import { parseOptions } from '../../src/synth/options/parse-options.ts';
import { PROCESSES } from '../../src/synth/processes.ts';
import { ruleSets } from '../../src/synth/rules/rule-groups.ts';
import { RECEIVER_DECLARATION } from '../synth/receiver-declaration.ts';

/** Everything that is off by default is on here. */
const ALL: BundleOptions = { rules: { workload: { sustained: {} } } };

export type AlertRule = Rule & { readonly alert: string };

const isAlert = (rule: Rule): rule is AlertRule => rule.alert !== undefined;

/** Every alert that the bundle can ship, with all options and processes. */
export const alertRules: readonly AlertRule[] = ruleSets(parseOptions(ALL, [...PROCESSES, RECEIVER_DECLARATION]))
  .flatMap(({ groups }) => groups)
  .flatMap(({ rules }) => rules)
  .filter(isAlert);
