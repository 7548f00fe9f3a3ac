import { BellwetherError, type JSONSchema, validate } from '../../platform/index.ts';
import type { Params, PolicyInfo } from '../model/policy.ts';

type ParamSchemas = PolicyInfo['params'];

export const requiredParamsOf = (params: ParamSchemas): string[] =>
  Object.keys(params).filter((name) => params[name]?.default === undefined);

export const defaultsOf = (params: ParamSchemas): Params =>
  Object.fromEntries(Object.entries(params).flatMap(([name, schema]) => (schema.default === undefined ? [] : [[name, schema.default]])));

const schemaOf = (params: ParamSchemas): JSONSchema & object =>
  ({ type: 'object', properties: params, required: requiredParamsOf(params), additionalProperties: false }) as JSONSchema & object;

/** Checks what a user gives for a policy and fills in the defaults. */
export const createParamParser = (id: string, params: ParamSchemas): ((given: unknown) => Params) => {
  const schema = schemaOf(params);
  return (given) => {
    const checked = validate(schema, given ?? {}, { defaults: true });
    if (checked.ok) return checked.value as Params;
    throw new BellwetherError(
      'invalid_config',
      `params of ${id} are wrong:\n${checked.problems.map(({ message }) => `  - ${message}`).join('\n')}`,
    );
  };
};
