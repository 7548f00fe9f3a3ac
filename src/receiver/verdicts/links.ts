import type { VerdictWord } from '../../feedback/index.ts';
import { BellwetherError, type Clock, type GroupCommit, randomId } from '../../platform/index.ts';
import { type Signer, seal, unseal } from '../auth/signature.ts';

const PURPOSE = 'verdict-link';

/** What a signed link is good for: one word on one alert. */
export interface LinkGrant {
  readonly id: string;
  readonly alert: string;
  /** Who it was given to; stands in the verdict as its author. */
  readonly by: string;
  /** Undefined: the page asks for it. */
  readonly word?: VerdictWord;
}

/** Links that let somebody without an account judge one alert, once. Opening one changes nothing: mail scanners open links. */
export interface VerdictLinks {
  /** The path of a link, and when it ends. */
  make(grant: Omit<LinkGrant, 'id'>): { readonly path: string; readonly untilMs: number };
  /** Rejects with `not_found` where it was not made here, and `conflict` where it was used or is over. */
  read(text: string): Promise<LinkGrant>;
  /** Only one of two that come at once gets through; where the work fails the link is good again. Rejects like `read`. */
  use<T>(text: string, work: (grant: LinkGrant) => Promise<T>): Promise<T>;
}

export interface VerdictLinksDeps {
  readonly signer: Signer;
  readonly commit: GroupCommit;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export const createVerdictLinks = (
  { signer, commit, clock }: VerdictLinksDeps,
  { lifeMs }: { readonly lifeMs: () => number },
): VerdictLinks => {
  const opened = (text: string): LinkGrant & { readonly untilMs: number } => {
    const grant = unseal<LinkGrant>(signer, PURPOSE, text, 0);
    if (!grant) throw new BellwetherError('not_found', 'this link was not made here');
    if (grant.untilMs <= clock.nowMs()) throw new BellwetherError('conflict', 'this link is too old');
    return grant;
  };
  return {
    make: (grant) => {
      const untilMs = clock.nowMs() + lifeMs();
      return { path: `/v/${seal(signer, PURPOSE, { ...grant, id: randomId(), untilMs })}`, untilMs };
    },
    read: async (text) => {
      const grant = opened(text);
      const used = await commit.write((tx) => tx.all('SELECT 1 FROM used_links WHERE id = ?', [grant.id]));
      if (used.length > 0) throw new BellwetherError('conflict', 'this link was used before');
      return grant;
    },
    use: async (text, work) => {
      const grant = opened(text);
      const nowMs = clock.nowMs();
      const taken = await commit.write((tx) =>
        tx.run('INSERT INTO used_links (id, used_ms, expires_ms) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING', [
          grant.id,
          nowMs,
          grant.untilMs,
        ]),
      );
      if (taken === 0) throw new BellwetherError('conflict', 'this link was used before');
      try {
        return await work(grant);
      } catch (error) {
        // What failed was not said: the link may be tried again.
        await commit.write((tx) => tx.run('DELETE FROM used_links WHERE id = ?', [grant.id]));
        throw error;
      }
    },
  };
};
