import { BellwetherError, type Clock } from '../../platform/index.ts';
import { createPolicySet, type Policy } from '../../policy/index.ts';
import { formatJson } from '../output/json.ts';
import type { Report } from '../output/report.ts';
import { scan } from '../scan.ts';
import { openUpload, readForm } from './open-upload.ts';
import { resultPage } from './upload-page.ts';
import type { Upload, UploadWorkerData } from './upload-protocol.ts';

// Nobody reads more, and each is about 1 kB of the answer. The summary counts all.
const MAX_FINDINGS = 5_000;
const MAX_ERRORS = 1_000;

const bounded = (report: Report, file: string): Report => {
  const { findings, errors } = report;
  if (findings.length <= MAX_FINDINGS && errors.length <= MAX_ERRORS) return report;
  const message = `there is more than an answer holds: ${MAX_FINDINGS} of ${findings.length} findings, ${MAX_ERRORS} of ${errors.length} errors at most`;
  return { ...report, findings: findings.slice(0, MAX_FINDINGS), errors: [...errors.slice(0, MAX_ERRORS), { file, message }] };
};

/** Judges uploads one by one; gives the text of the answer. Rejects with `invalid_input` and `too_large`. */
export const createUploadJudge = (
  clock: Clock,
  pack: readonly Policy[],
  { selection, exceptions, failOn, maxBytes, limits, all, kubernetesMinor, podPaths }: Omit<UploadWorkerData, 'sources'>,
): ((upload: Upload) => Promise<string>) => {
  const policies = createPolicySet(pack, selection);
  const active = policies.policies.map(({ policy }) => policy);
  const options = {
    policies,
    exceptions,
    limits,
    all,
    ...(kubernetesMinor === undefined ? {} : { kubernetesMinor }),
    ...(podPaths === undefined ? {} : { podPaths }),
    withPatches: true,
  };
  return async ({ as, body, type, file: name }) => {
    // Copied: a body that came over from another thread is typed as if its memory could be shared.
    const { bytes, file } = as === 'page' ? await readForm(new Uint8Array(body), type) : { bytes: body, file: name };
    const files = openUpload(bytes, file, maxBytes);
    const byPath = new Map(files.map((one) => [one.path, one.bytes]));
    const isNamed = files.length === 1;
    const deps = {
      clock,
      findFiles: async function* () {
        for (const { path } of files) yield { path, isNamed };
      },
      readFile: async (path: string) => {
        const found = byPath.get(path);
        if (!found) throw new BellwetherError('not_found', `${path} is not in the upload`);
        return found;
      },
    };
    const result = await scan(deps, options, new AbortController().signal);
    const report: Report = bounded(
      { ...result, profile: selection.profile, pssVersion: `1.${selection.pssMinor}`, failOn, policies: active },
      file,
    );
    return as === 'json' ? formatJson(report) : resultPage(report, files);
  };
};
