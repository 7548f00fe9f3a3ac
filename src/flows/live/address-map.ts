import type { WorkloadKey } from '../../conventions/index.ts';
import { BellwetherError, type FromSchema, validate } from '../../platform/index.ts';

const ADDRESS_MAP = {
  type: 'array',
  maxItems: 200_000,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['address', 'namespace', 'kind', 'workload'],
    properties: {
      address: { type: 'string', minLength: 2, maxLength: 64 },
      namespace: { type: 'string', maxLength: 253 },
      kind: { type: 'string', minLength: 1, maxLength: 63 },
      workload: { type: 'string', minLength: 1, maxLength: 253 },
    },
  },
} as const;

/** Which workload has an address; undefined for one that is not known. */
export type AddressMap = (address: string) => WorkloadKey | undefined;

/** A list of `{address, namespace, kind, workload}` as a lookup. Throws `invalid_input` with every problem, also for an address that is there twice. */
export const parseAddressMap = (value: unknown, path: string): AddressMap => {
  const checked = validate(ADDRESS_MAP, value ?? []);
  if (!checked.ok)
    throw new BellwetherError('invalid_input', `${path} is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
  const keys = new Map<string, WorkloadKey>();
  for (const { address, namespace, kind, workload } of checked.value as FromSchema<typeof ADDRESS_MAP>) {
    if (keys.has(address)) throw new BellwetherError('invalid_input', `${path} is wrong: ${address} is there twice`);
    keys.set(address, { namespace, workload, workloadKind: kind });
  }
  return (address) => keys.get(address);
};
