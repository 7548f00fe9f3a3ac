#!/usr/bin/env node
// A published package carries the bundle in dist/ and no src/; a checkout runs its TypeScript directly.
import { existsSync } from 'node:fs';

const source = new URL('../src/main.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  await import(new URL('../dist/bellwether.mjs', import.meta.url).href);
}
