import type { Rule } from '../../src/synth/kinds/prometheus-operator.ts';
import type { BundleOptions } from '../../src/synth/options/bundle-options.ts';
import { parseOptions } from '../../src/synth/options/parse-options.ts';
import { ruleSets } from '../../src/synth/rules/rule-groups.ts';
import { ALL_DECLARATIONS } from '../synth/example-declarations.ts';

/** Everything that is off by default is on here. */
const ALL: BundleOptions = { rules: { workload: { sustained: {} } } };

export type AlertRule = Rule & { readonly alert: string };

const isAlert = (rule: Rule): rule is AlertRule => rule.alert !== undefined;

/** Every alert that the bundle can ship, with all options and processes. */
export const alertRules: readonly AlertRule[] = ruleSets(parseOptions(ALL, ALL_DECLARATIONS))
  .flatMap(({ groups }) => groups)
  .flatMap(({ rules }) => rules)
  .filter(isAlert);
