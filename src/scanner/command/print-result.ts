import { writeFileAtomic } from '../../platform/index.ts';

/** To a file, or to standard output; resolves when it is out, also into a slow pipe. */
export const printResult = async (text: string, path: string | undefined): Promise<void> => {
  if (path !== undefined) return writeFileAtomic(path, [new TextEncoder().encode(text)]);
  await new Promise<void>((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())));
};
