import { type Mitigation, phaseOf, timeOf } from '../../mitigation/index.ts';
import { LONGEST_TEXT, LONGEST_TITLE, type Message } from './message.ts';

/** Which mitigation: by its uid, because another may come under its name. */
export interface MitigationName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A mitigation that waits for an approval, as it was when it began to wait. */
export interface NoticeApproval extends MitigationName {
  readonly alertname: string;
  readonly title: string;
  readonly text: string;
  /** Afterwards nobody can approve it. */
  readonly untilMs: number;
}

const DEEDS = { rateLimit: 'Limit requests to', isolate: 'Isolate', limitEgress: 'Bound what is sent by' } as const;
/** Changes that a message names; all of them are on the page. */
const NAMED_CHANGES = 5;

/** What would be done, in a line. */
export const titleOfMitigation = ({ metadata, spec }: Mitigation): string =>
  `${DEEDS[spec.action ?? 'rateLimit']} ${metadata.namespace}/${spec.target.name}`.slice(0, LONGEST_TITLE);

/** What to tell of a mitigation; undefined where it does not wait for a person. `waitMs` is how long one is waited for. */
export const approvalNoticeOf = (mitigation: Mitigation, waitMs: number): NoticeApproval | undefined => {
  const { metadata, spec, status = {} } = mitigation;
  if (phaseOf(mitigation) !== 'AwaitingApproval' || spec.approval || spec.revoked) return undefined;
  const { numbers, changes = [] } = status;
  const lines = [
    `${spec.reason}${spec.requestedBy === undefined ? '' : ` (asked for by ${spec.requestedBy})`}`,
    numbers === undefined
      ? ''
      : `${numbers.requestsPerSecond} requests/s${numbers.perClient ? ' for each client' : ''}, ${numbers.burst} at once: ${numbers.from}`,
    ...changes.slice(0, NAMED_CHANGES),
    changes.length > NAMED_CHANGES ? `and ${changes.length - NAMED_CHANGES} more changes` : '',
    status.message ?? '',
  ];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    alertname: spec.alert?.name ?? '',
    title: `Approve? ${titleOfMitigation(mitigation)}`.slice(0, LONGEST_TITLE),
    text: lines.filter(Boolean).join('\n').slice(0, LONGEST_TEXT),
    untilMs: (timeOf(status.requestedAt) ?? 0) + waitMs,
  };
};

/** The message about one; where buttons lead nowhere, its page has them. */
export const approvalMessageOf = (
  { namespace, name, uid, title, text }: NoticeApproval,
  { id, pageUrl }: Pick<Message, 'id' | 'pageUrl'>,
): Message => ({
  id,
  title,
  text,
  severity: 'critical',
  alerts: [],
  pageUrl,
  verdictUrl: undefined,
  approval: { namespace, name, uid },
});
