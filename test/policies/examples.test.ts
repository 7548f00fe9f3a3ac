import { policyFiles } from '../../scripts/policy-pack.ts';
import { BUILTINS, exampleObject, type Policy, parsePolicy, runExample, valueAt } from '../../src/policy/index.ts';
import { POD_HOLDERS } from './pod-holders.ts';

const loaded = policyFiles().map((file) => ({ ...file, policy: () => parsePolicy(file.text, file.path, BUILTINS) }));
const paths = (policy: Policy, ...args: Parameters<typeof runExample> extends [Policy, ...infer Rest] ? Rest : never): string[] =>
  runExample(policy, ...args)
    .map(({ path }) => path)
    .sort();

/** Policies that depend on what the object is, not on its pods alone, are not moved into other kinds. */
const isAboutPods = ({ match: { target, kinds, needs } }: Policy): boolean =>
  target !== 'object' && kinds === undefined && needs === 'nothing';

describe('policies', () => {
  it.each(loaded)('$path finds what its examples say, and nothing else', ({ id, group, policy: load }) => {
    const policy = load();
    expect({ id: policy.id, group: policy.group }).toEqual({ id, group });
    for (const example of policy.examples.good) expect({ [example.name]: paths(policy, example) }).toEqual({ [example.name]: [] });
    for (const example of policy.examples.bad) {
      expect({ [example.name]: paths(policy, example) }).toEqual({ [example.name]: [...example.paths].sort() });
      const messages = runExample(policy, example).map(({ message }) => message);
      for (const message of messages) expect(message).not.toMatch(/undefined|\[object|\{\w+\}/);
      // Without a value people are told that the field is absent, with one what stands there; what a review says beside it is neither.
      if (example.request === undefined)
        for (const { path, value } of runExample(policy, example)) {
          const isThere = valueAt(exampleObject(example), path) !== undefined;
          expect({ path, isThere: value !== undefined }).toEqual({ path, isThere });
        }
      if (example.says !== undefined) expect(messages.join('\n')).toContain(example.says);
    }
  });

  it.each(POD_HOLDERS)('judge the pods of a $kind as they judge a Pod', ({ wrap, prefix }) => {
    for (const { policy: load } of loaded) {
      const policy = load();
      if (!isAboutPods(policy)) continue;
      for (const example of [...policy.examples.good, ...policy.examples.bad].filter(
        ({ object }) => object?.kind === undefined || object.kind === 'Pod',
      )) {
        const bare = paths(policy, example).map((path) => `${prefix}${path}`);
        expect({ [`${policy.id}: ${example.name}`]: paths(policy, example, wrap(exampleObject(example))) }).toEqual({
          [`${policy.id}: ${example.name}`]: bare,
        });
      }
    }
  });
});
