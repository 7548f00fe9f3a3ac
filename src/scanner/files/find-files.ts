import { pathKind, walkFiles } from '../../platform/index.ts';

/** One file to scan. */
export interface InputFile {
  /** As given, or below the folder that was given; `-` for standard input. */
  readonly path: string;
  /** Named by the user, not found in a folder: then everything in it is meant. */
  readonly isNamed: boolean;
}

/** A file that was left out, and why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export const STDIN = '-';

const YAML_NAME = /\.(ya?ml|json)$/i;
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.git', '.github', '.gitlab', '.terraform', 'vendor']);
// Files of other programs that lie beside manifests.
const OTHER_FILES =
  /^(chart|values([.-].*)?|helmfile|skaffold|docker-compose([.-].*)?|compose|mkdocs|\.pre-commit-config|\.gitlab-ci|dependabot)\.ya?ml$|^(package|package-lock|tsconfig|renovate|composer|values\.schema)\.json$/i;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Whether a file is taken for a manifest by its path alone, as those in folders are. */
export const isManifestPath = (path: string): boolean =>
  YAML_NAME.test(path) && !OTHER_FILES.test(nameOf(path)) && !path.split('/').some((part) => SKIPPED_FOLDERS.has(part));

/** The files under the given paths, in order, each once. Rejects with `not_found` where a path does not exist. */
export async function* findFiles(paths: readonly string[]): AsyncGenerator<InputFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === STDIN || (await pathKind(path)) !== 'folder') {
      if (!seen.has(path)) yield { path, isNamed: true };
      seen.add(path);
      continue;
    }
    // Behind `..data` a mounted ConfigMap keeps what its links show by name.
    for await (const file of walkFiles(path, { enter: (name) => !SKIPPED_FOLDERS.has(name) && !name.startsWith('..') })) {
      if (!YAML_NAME.test(file) || OTHER_FILES.test(nameOf(file)) || seen.has(file)) continue;
      seen.add(file);
      yield { path: file, isNamed: false };
    }
  }
}
