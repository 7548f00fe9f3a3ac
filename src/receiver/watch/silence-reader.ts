import type { Silence } from '../../alertmanager/index.ts';
import { VERDICT_SOURCES } from '../../feedback/index.ts';
import type { Clock, Queryable } from '../../platform/index.ts';
import { findAlert } from '../store/alert-query.ts';
import { alertsOfSilence, findSilence, joinSilence, writeMask, writeSilence } from '../store/silence-store.ts';
import { workloadOfLabels } from '../store/stored-alert.ts';
import { findVerdicts } from '../store/verdict-store.ts';
import { type Giver, requestOnAlert, type VerdictBook } from '../verdicts/verdict-book.ts';
import { ownVerdictOf, silenceVerdictId, wordOf, wordText } from './silence-words.ts';

/** What one look at one silence led to. */
export interface SilenceReading {
  readonly given: readonly string[];
  readonly undone: readonly string[];
  /** It holds back alerts of so many workloads that its word does not count. */
  readonly isBulk: boolean;
}

export interface SilenceReaderDeps {
  readonly book: VerdictBook;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface SilenceReaderOptions {
  /** A silence over more workloads says nothing about a single one. */
  readonly bulkWorkloads: () => number;
}

const giverOf = (silence: Silence, source: Giver['source']): Giver => ({
  by: silence.createdBy.trim().slice(0, 253) || 'unknown',
  role: 'alertmanager',
  source,
});

/**
 * Keeps a silence and turns what it says into verdicts on the alerts that it holds back: one for each alert, whatever comes and goes meanwhile. Another
 * word takes the earlier ones back; an `EXPECTED` that is ended early is over.
 */
export const createSilenceReader = ({ book, clock }: SilenceReaderDeps, { bulkWorkloads }: SilenceReaderOptions) => {
  const give = async (tx: Queryable, silence: Silence, alertId: string, factor: number): Promise<string | undefined> => {
    const said = wordOf(silence);
    const alert = said && (await findAlert(tx, alertId));
    const workload = alert && workloadOfLabels(alert.labels);
    if (!alert || !workload || said === undefined) return undefined;
    if (said.kind === 'mask') {
      const id = silenceVerdictId(silence.id, alert.fingerprint, 'mask');
      await writeMask(tx, {
        id,
        ...workload,
        fromMs: silence.startsMs,
        toMs: silence.endsMs,
        reason: said.reason,
        author: silence.createdBy,
      });
      return undefined;
    }
    const request = requestOnAlert(alert, said.word, said.reason, clock.nowMs());
    if (!request) return undefined;
    const standing = await findVerdicts(tx, { alertId, word: said.word, inForceMs: clock.nowMs() }, { limit: 100 });
    if (standing.some(({ verdict }) => verdict.parent === undefined)) return undefined;
    // Alertmanager gives an edited silence a new id, so the later word wins; but a guess does not win over what was meant.
    const others = await findVerdicts(tx, { alertId, inForceMs: clock.nowMs() }, { limit: 100 });
    for (const { verdict, silenceId } of others)
      if (
        (silenceId !== undefined || verdict.parent !== undefined) &&
        VERDICT_SOURCES[verdict.source].weight <= VERDICT_SOURCES[said.source].weight
      )
        await book.undoIn(tx, verdict.id, giverOf(silence, said.source), 'a later silence says something else');
    const expiry = said.word === 'expected' ? { expiresSeconds: silence.endsMs / 1000 } : {};
    const verdict = await book.give(tx, { ...request, ...expiry }, giverOf(silence, said.source), {
      id: silenceVerdictId(silence.id, alert.fingerprint, wordText(said, silence.endsMs) ?? ''),
      alertId,
      silenceId: silence.id,
      factor,
    });
    return verdict?.id;
  };

  const takeBack = async (tx: Queryable, silence: Silence, reason: string, keep: (word: string) => boolean): Promise<string[]> => {
    const undone: string[] = [];
    const standing = await findVerdicts(tx, { silenceId: silence.id, inForceMs: clock.nowMs() }, { limit: 1000 });
    for (const { verdict } of standing)
      if (!keep(verdict.word)) undone.push(...(await book.undoIn(tx, verdict.id, giverOf(silence, verdict.source), reason)));
    return undone;
  };

  /** `alertIds`: what it holds back right now. Runs inside one transaction. */
  return async (tx: Queryable, silence: Silence, alertIds: readonly string[]): Promise<SilenceReading> => {
    const nowMs = clock.nowMs();
    const known = await findSilence(tx, silence.id);
    const own = ownVerdictOf(silence) !== undefined;
    const said = wordOf(silence);
    const word = own ? undefined : wordText(said, silence.endsMs);
    const changed = !known || known.state !== silence.state || known.updatedMs !== silence.updatedMs || known.word !== word;
    if (changed) await writeSilence(tx, silence, word, nowMs);
    const joined: string[] = [];
    for (const id of alertIds) if (await joinSilence(tx, silence.id, id, nowMs)) joined.push(id);
    // What it holds back now; what it held back before may have ended long ago.
    const isBulk = silence.state === 'active' && alertIds.length > bulkWorkloads();
    if (own || (!changed && joined.length === 0)) return { given: [], undone: [], isBulk };

    const undone: string[] = [];
    const wordChanged = known?.word !== undefined && known.word !== word;
    if (wordChanged) undone.push(...(await takeBack(tx, silence, 'the silence says something else now', () => false)));
    if (changed && known && silence.state === 'expired')
      undone.push(...(await takeBack(tx, silence, 'the silence was ended', (standing) => standing !== 'expected')));

    const given: string[] = [];
    if (silence.state === 'active') {
      // The word stays in the log, but without weight where it is over too many.
      for (const id of wordChanged ? await alertsOfSilence(tx, silence.id) : joined) {
        const verdict = await give(tx, silence, id, isBulk ? 0 : 1);
        if (verdict !== undefined) given.push(verdict);
      }
    }
    return { given, undone, isBulk };
  };
};

export type SilenceReader = ReturnType<typeof createSilenceReader>;
