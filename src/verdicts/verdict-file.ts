import { type FeedEntry, parseVerdictFeed, type Undo, VERDICT_FEED_VERSION } from '../feedback/index.ts';
import { BellwetherError } from '../platform/index.ts';

/** The text of a verdict file with an undo at its end. Throws `invalid_input` where the file is none, or does not hold the verdict. */
export const undoInFile = (text: string, undo: Undo): string => {
  const given = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw new BellwetherError('invalid_input', 'the verdict file is not JSON');
    }
  })();
  const feed = parseVerdictFeed({
    version: VERDICT_FEED_VERSION,
    log: 'file',
    next: 0,
    more: false,
    ...(typeof given === 'object' && given !== null ? given : {}),
  });
  if (!feed.ok) throw new BellwetherError('invalid_input', `the verdict file is wrong: ${feed.problems[0]?.message ?? ''}`);
  const { entries } = feed.value;
  if (!entries.some(({ verdict }) => verdict?.id === undo.id))
    throw new BellwetherError('invalid_input', `the verdict file has no verdict ${undo.id}`);
  const sequence = entries.reduce((largest, one) => Math.max(largest, one.sequence), 0) + 1;
  const changed: readonly FeedEntry[] = [...entries, { sequence, undo }];
  return `${JSON.stringify({ entries: changed }, null, 2)}\n`;
};
