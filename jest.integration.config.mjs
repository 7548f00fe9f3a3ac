import { base } from './jest.config.mjs';

export default {
  ...base,
  testMatch: ['<rootDir>/test/integration/**/*.test.ts', '<rootDir>/test/rules/**/*.test.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
