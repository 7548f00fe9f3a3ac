import type { Mitigation } from '../../mitigation/index.ts';
import type { Clock, GroupCommit } from '../../platform/index.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import { approvalNoticeOf } from '../notify/approval-notice.ts';
import { addApprovalNotices } from '../notify/outbox.ts';

const MINUTE_MS = 60_000;

/**
 * Notes whom to tell of the mitigations that wait for an approval. By what the cluster holds, and not by the step that led there: a crash between the two forgets
 * nobody, and the store takes each once.
 */
export const createApprovalTeller = ({
  commit,
  clock,
  config,
}: {
  readonly commit: GroupCommit;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly config: () => ReceiverConfig;
}) => {
  let known = new Set<string>();
  return async (mitigations: readonly Mitigation[]): Promise<void> => {
    const { notify, mitigation } = config();
    const waiting = mitigations.flatMap((one) => approvalNoticeOf(one, mitigation.approval.expireMinutes * MINUTE_MS) ?? []);
    const fresh = waiting.filter(({ uid, untilMs }) => !known.has(uid) && untilMs > clock.nowMs());
    if (fresh.length > 0)
      await commit.write(async (tx) => {
        for (const approval of fresh) await addApprovalNotices(tx, notify.channels, approval, clock.nowMs());
      });
    known = new Set(waiting.map(({ uid }) => uid));
  };
};
