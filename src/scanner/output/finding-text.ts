import type { FileFinding } from '../finding.ts';

/** A path as code hosts know it: relative, with slashes, without `./`. */
export const relativePath = (file: string): string => (file === '-' ? 'stdin' : file.replaceAll('\\', '/').replace(/^(\.\/)+/, ''));

/** `Deployment team-a/web`, for people. */
export const objectText = ({ object: { kind, namespace, name } }: FileFinding): string =>
  `${kind || 'no kind'} ${[namespace, name || 'no name'].filter(Boolean).join('/')}`;

/** What is wrong, where, and what to write instead, in one line. */
export const findingText = (finding: FileFinding): string =>
  `${objectText(finding)}: ${finding.message}. At ${finding.path || '/'}. ${finding.fix}`.replaceAll(/\s+/g, ' ');
