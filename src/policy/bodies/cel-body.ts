import type { ParseResult } from '@marcbachmann/cel-js';
import { valueAt } from '../model/json-pointer.ts';
import { refOf } from '../model/kubernetes-object.ts';
import { containerRule, FINE, objectRule, podRule, type Rule, type RuleInput, type Target, type Violation } from '../model/policy.ts';
import type { JsonRecord } from '../model/value.ts';
import { effectiveContainer, realPath } from '../pods/effective-container.ts';
import { createCelEnvironment, withLinearMatches } from './cel-environment.ts';
import { celValue } from './cel-value.ts';

interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** The parts of a ValidatingAdmissionPolicy that judge, and where to report. */
export interface CelBody {
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
  readonly validations: readonly {
    readonly expression: string;
    readonly message?: string;
    readonly messageExpression?: string;
    readonly path?: string;
    readonly pathExpression?: string;
  }[];
}

type Program = (scope: JsonRecord) => unknown;

const environment = createCelEnvironment();

const compile = (expression: string): Program => {
  const program: ParseResult = environment.parse(withLinearMatches(expression));
  return (scope) => program(scope);
};

/**
 * A rule from CEL expressions that are true for good targets. An expression that fails at run time is a violation that says so, as the
 * API server's default failure policy has it. Syntax errors are thrown here.
 */
export const createCelRule = (target: Target, body: CelBody): Rule => {
  const judge = createJudge(body);
  if (target === 'container') {
    return containerRule((container, input) => {
      const view = effectiveContainer(container);
      const more = { container: celValue(view), pod: celValue(container.pod.spec) };
      return judge(scopeOf(input, more), view, (pointer) => realPath(container, pointer));
    });
  }
  if (target === 'pod') {
    return podRule((pod, input) => judge(scopeOf(input, { pod: celValue(pod.spec) }), pod.spec, (pointer) => pod.path + pointer));
  }
  return objectRule((object, input) => judge(scopeOf(input, {}), object, (pointer) => input.base + pointer));
};

const createJudge = ({ matchConditions = [], variables = [], validations }: CelBody) => {
  const conditions = matchConditions.map(({ expression }) => compile(expression));
  const named = variables.map(({ name, expression }) => ({ name, program: compile(expression) }));
  const checks = validations.map((validation) => ({
    validation,
    program: compile(validation.expression),
    message: validation.messageExpression === undefined ? undefined : compile(validation.messageExpression),
    place: validation.pathExpression === undefined ? undefined : compile(validation.pathExpression),
  }));
  return (given: JsonRecord, view: JsonRecord, place: (pointer: string) => string): readonly Violation[] => {
    const scope = withVariables(given, named);
    const violations: Violation[] = [];
    try {
      if (!conditions.every((condition) => condition(scope) === true)) return FINE;
    } catch (error) {
      return [{ path: place(''), message: `a match condition failed: ${(error as Error).message.split('\n')[0]}` }];
    }
    for (const { validation, program, message, place: placeProgram } of checks) {
      const failure = fails(program, scope);
      if (failure === undefined) continue;
      const text = failure || textOf(message, scope) || validation.message;
      for (const pointer of placeProgram ? pointersOf(placeProgram, scope) : [validation.path ?? '']) {
        violations.push({
          path: place(pointer),
          value: pointer === '' ? undefined : valueAt(view, pointer),
          ...(text ? { message: text } : {}),
        });
      }
    }
    return violations;
  };
};

/** Undefined where the expression is true, empty where it is false, else what went wrong. */
const fails = (program: Program, scope: JsonRecord): string | undefined => {
  try {
    return program(scope) === true ? undefined : '';
  } catch (error) {
    return `the expression could not be evaluated: ${(error as Error).message.split('\n')[0]}`;
  }
};

const textOf = (program: Program | undefined, scope: JsonRecord): string => {
  if (!program) return '';
  try {
    const text = program(scope);
    return typeof text === 'string' ? text.trim() : '';
  } catch {
    // As in the API server: a message that fails is replaced by the plain one.
    return '';
  }
};

const pointersOf = (program: Program, scope: JsonRecord): readonly string[] => {
  try {
    const result = program(scope);
    const pointers = (Array.isArray(result) ? result : [result]).map(String).filter((pointer) => pointer === '' || pointer.startsWith('/'));
    return pointers.length > 0 ? [...new Set(pointers)] : [''];
  } catch {
    return [''];
  }
};

const scopeOf = ({ object, oldObject, request, params, namespaceObject }: RuleInput, more: JsonRecord): JsonRecord => ({
  object: celValue(object),
  oldObject: celValue(oldObject ?? null),
  request: celRequest(request ?? creationOf(object), object),
  params: celValue(params),
  namespaceObject: celValue(namespaceObject ?? null),
  ...more,
});

/** A file is judged as if somebody created what it says. */
const creationOf = (object: JsonRecord): NonNullable<RuleInput['request']> => {
  const { name, namespace } = refOf(object);
  return { operation: 'CREATE', user: '', groups: [], subResource: '', namespace, name };
};

const celRequest = (
  { operation, user, groups, subResource, namespace, name }: NonNullable<RuleInput['request']>,
  object: JsonRecord,
): unknown => {
  const { apiVersion, kind } = refOf(object);
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return celValue({
    operation,
    kind: { group, version, kind },
    userInfo: { username: user, groups: [...groups] },
    subResource,
    namespace: namespace ?? '',
    name,
    dryRun: false,
  });
};

/** `variables.x` is computed when it is first read, and once. */
const withVariables = (scope: JsonRecord, named: readonly { readonly name: string; readonly program: Program }[]): JsonRecord => {
  const variables: Record<string, unknown> = {};
  const full = { ...scope, variables };
  for (const { name, program } of named) {
    Object.defineProperty(variables, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value = program(full);
        Object.defineProperty(variables, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return full;
};
