import { base } from './jest.config.mjs';

export default {
  ...base,
  testMatch: ['<rootDir>/test/integration/**/*.test.ts', '<rootDir>/test/rules/**/*.test.ts'],
  testTimeout: 120_000,
  // Most of them wait for clocks and programs; two at a time keep two cores busy and no more.
  maxWorkers: 2,
};
