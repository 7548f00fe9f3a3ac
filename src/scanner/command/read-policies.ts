import { loadAll } from 'js-yaml';
import { BellwetherError, readFile } from '../../platform/index.ts';
import { BUILTINS, importPolicies, isRecord, type JsonRecord, loadPolicy, type Policy } from '../../policy/index.ts';
import { findFiles } from '../files/find-files.ts';
import { decodeText } from '../yaml/decode-text.ts';

/** A file of policies, read but not parsed: text travels to threads, functions do not. */
export interface PolicySource {
  readonly path: string;
  readonly text: string;
}

// A folder of policies is some hundred small files.
const MAX_BYTES = 4 << 20;

/** Files and folders named by `--policies`. Rejects with the codes of reading files, and `not_found` where a folder has none. */
export const readPolicySources = async (paths: readonly string[]): Promise<PolicySource[]> => {
  const sources: PolicySource[] = [];
  for await (const { path } of findFiles(paths)) sources.push({ path, text: decodeText(await readFile(path, { maxBytes: MAX_BYTES })) });
  if (paths.length > 0 && sources.length === 0) throw new BellwetherError('not_found', `no policies in ${paths.join(', ')}`);
  return sources;
};

/**
 * The pack with policies of users behind it: files in the form of ours, ValidatingAdmissionPolicies with their bindings, ValidatingPolicies
 * of Kyverno. Other objects in these files are passed over. Throws `invalid_config`.
 */
export const withOwnPolicies = (pack: readonly Policy[], sources: readonly PolicySource[]): readonly Policy[] => {
  const all = [...pack];
  const known = new Map(pack.map(({ id }) => [id, 'the policies of Bellwether']));
  for (const { path, text } of sources) {
    for (const policy of parseSource(path, text)) {
      const where = known.get(policy.id);
      if (where !== undefined) throw new BellwetherError('invalid_config', `${path}: there is a policy ${policy.id} already, in ${where}`);
      known.set(policy.id, path);
      all.push(policy);
    }
  }
  return all;
};

const parseSource = (path: string, text: string): readonly Policy[] => {
  let documents: readonly JsonRecord[];
  try {
    documents = loadAll(text).filter(isRecord);
  } catch (error) {
    throw new BellwetherError('invalid_config', `${path} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const ours = documents.filter((document) => document.id !== undefined && document.kind === undefined);
  return [...ours.map((document) => loadPolicy(document, path, BUILTINS)), ...importPolicies(documents, path)];
};
