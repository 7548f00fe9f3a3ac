import { BellwetherError, type ProgramResult, type RunProgramOptions } from '../platform/index.ts';
import { decodeText } from '../scanner/index.ts';
import { type ImageReport, parseTrivyReport } from './report.ts';

// The grammar of distribution: host with a port, path parts, tag, digest. It begins with a letter or a number, so it is never an option.
const REFERENCE =
  /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,252}(:\d{1,5}(?=\/))?(\/[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?){0,10}(:[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
// 255 of name, 128 of tag, 71 of digest, two signs between.
const MAX_REFERENCE = 456;

export interface TrivyOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type ProgramRunner = (name: string, args: readonly string[], options: RunProgramOptions) => Promise<ProgramResult>;

/** Throws `invalid_input` for what is no image reference. */
export const checkReference = (image: string): void => {
  if (image.length > MAX_REFERENCE || !REFERENCE.test(image))
    throw new BellwetherError('invalid_input', `not a reference of an image: ${JSON.stringify(image.slice(0, 100))}`);
};

/** Has the program `trivy` look at an image. Rejects with `not_found` where there is no such program, and with the codes of running one and of reading its report. */
export const scanImage = async (run: ProgramRunner, image: string, options: TrivyOptions, signal: AbortSignal): Promise<ImageReport> => {
  checkReference(image);
  let result: ProgramResult;
  try {
    result = await run('trivy', ['image', '--quiet', '--format', 'json', '--scanners', 'vuln', '--exit-code', '0', '--', image], {
      ...options,
      signal,
    });
  } catch (error) {
    if (error instanceof BellwetherError && error.code === 'not_found')
      throw new BellwetherError(
        'not_found',
        'trivy is not on PATH: install it, or make reports elsewhere (trivy image --format json) and read them with bellwether images import',
      );
    throw error;
  }
  if (result.exitCode !== 0) {
    const last = result.stderr.split('\n').at(-1)?.trim();
    throw new BellwetherError('upstream_refused', `trivy ended with ${result.exitCode}${last ? `: ${last}` : ''}`);
  }
  return parseTrivyReport(decodeText(result.stdout), `trivy image ${image}`);
};
