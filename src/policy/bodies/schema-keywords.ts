import type { Ajv2020 } from 'ajv/dist/2020.js';
import { parseQuantity } from '../model/quantity.ts';

/** What JSON Schema cannot say about Kubernetes fields. */
export const addKeywords = (ajv: Ajv2020): Ajv2020 => {
  // `quantity: {min: 10m, max: 4Gi}`: the value is a quantity within the bounds; `quantity: {}` that it is one.
  ajv.addKeyword({
    keyword: 'quantity',
    schemaType: 'object',
    errors: false,
    compile: ({ min, max }: { min?: string | number; max?: string | number }) => {
      const least = min === undefined ? Number.NEGATIVE_INFINITY : bound(min);
      const most = max === undefined ? Number.POSITIVE_INFINITY : bound(max);
      return (value: unknown) => {
        const amount = parseQuantity(value);
        return amount !== undefined && amount >= least && amount <= most;
      };
    },
  });
  // `port: {min: 1, max: 1023}`: an integer port within the bounds; names pass, because only the container says what they are.
  ajv.addKeyword({
    keyword: 'port',
    schemaType: 'object',
    errors: false,
    compile:
      ({ min = 1, max = 65_535 }: { min?: number; max?: number }) =>
      (value: unknown) =>
        typeof value !== 'number' || (Number.isInteger(value) && value >= min && value <= max),
  });
  return ajv;
};

const bound = (value: string | number): number => {
  const amount = parseQuantity(value);
  if (amount === undefined) throw new Error(`${value} is not a quantity`);
  return amount;
};
