import type { Verdict } from './verdict.ts';
import type { FeedEntry } from './verdict-feed.ts';

/** What entries of a log changed. */
export interface LedgerChange {
  readonly added: readonly Verdict[];
  /** Ids that no longer count. */
  readonly removed: readonly string[];
}

/** The verdicts that count, out of an append-only log of verdicts and undos. */
export interface Ledger {
  /** Takes entries in the order of the log; one that is known already changes nothing. */
  apply(entries: readonly FeedEntry[]): LedgerChange;
  /** Drops everything, because the log is another one. Gives the ids that no longer count. */
  clear(): readonly string[];
  readonly verdicts: readonly Verdict[];
}

export const createLedger = (): Ledger => {
  const verdicts = new Map<string, Verdict>();
  // An undo may come before its verdict in a file that somebody wrote by hand.
  const undone = new Set<string>();
  const withChildren = (id: string): string[] => [
    id,
    ...[...verdicts.values()].filter(({ parent }) => parent === id).map((verdict) => verdict.id),
  ];
  return {
    apply: (entries) => {
      const added = new Map<string, Verdict>();
      const removed: string[] = [];
      for (const { verdict, undo } of entries) {
        if (verdict) {
          if (verdicts.has(verdict.id) || undone.has(verdict.id) || (verdict.parent !== undefined && undone.has(verdict.parent))) continue;
          verdicts.set(verdict.id, verdict);
          added.set(verdict.id, verdict);
        } else {
          undone.add(undo.id);
          for (const id of withChildren(undo.id)) if (verdicts.delete(id) && !added.delete(id)) removed.push(id);
        }
      }
      return { added: [...added.values()], removed };
    },
    clear: () => {
      const ids = [...verdicts.keys()];
      verdicts.clear();
      undone.clear();
      return ids;
    },
    get verdicts() {
      return [...verdicts.values()];
    },
  };
};
