import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a program that `npm run tools` brings; undefined where it is not here. */
export const realProgram = (name: string): string | undefined => {
  const path = fileURLToPath(new URL(`../../.tools/bin/${name}`, import.meta.url));
  return existsSync(path) ? path : undefined;
};

/**
 * A `describe` whose tests need real programs; `body` gets their paths in the same order. Where one is missing the tests are skipped,
 * which CI (`CI=true`) counts as a failure: there a suite must not pass because it did nothing.
 */
export const describeWith = (programs: readonly string[], name: string, body: (...paths: string[]) => void): void => {
  const paths = programs.map(realProgram);
  const missing = programs.filter((_, i) => paths[i] === undefined);
  if (missing.length === 0) {
    describe(name, () => body(...paths.map(String)));
    return;
  }
  const say = `needs ${missing.join(' and ')}: npm run tools -- ${missing.join(' ')}`;
  if (process.env.CI === 'true') {
    describe(name, () =>
      it(say, () => {
        throw new Error(say);
      }),
    );
    return;
  }
  describe.skip(`${name} (${say})`, () => body(...programs));
};

/** Folder of test input that `npm run tools` links; a suite that reads it names a program of the same origin in `describeWith`. */
export const toolFiles = (name: string): string => fileURLToPath(new URL(`../../.tools/files/${name}`, import.meta.url));
