export const base = {
  testEnvironment: '<rootDir>/test/onnx-environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tools', '<rootDir>/.bellwether'],
};

export default {
  ...base,
  // A limit against hanging, not against a busy machine: some contract tests start a process.
  testTimeout: 60_000,
  testMatch: [
    '<rootDir>/src/**/*.test.ts',
    '<rootDir>/test/contract/**/*.test.ts',
    '<rootDir>/test/config/**/*.test.ts',
    '<rootDir>/test/docs/**/*.test.ts',
    '<rootDir>/test/policies/**/*.test.ts',
    '<rootDir>/test/synth/**/*.test.ts',
  ],
};
