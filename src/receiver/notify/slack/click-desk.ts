import { BellwetherError, type HttpClient, type Logger, toBellwetherError } from '../../../platform/index.ts';
import { mayAct, type Role } from '../../auth/identity.ts';
import type { ReceiverParts } from '../../receiver-parts.ts';
import { titleOfMitigation } from '../approval-notice.ts';
import { postJson } from '../channels/post-json.ts';
import { quote } from '../channels/slack.ts';
import type { Click } from './click.ts';

/** Where Slack takes answers to a click; an address elsewhere is not asked for. */
const ANSWERS = /^https:\/\/hooks\.slack(-gov)?\.com\//;

/** What a click led to, and who sees it: everybody, who clicked, or everybody in the place of the message. */
interface ClickAnswer {
  readonly text: string;
  readonly to: 'channel' | 'person' | 'message';
}

export interface ClickDeskDeps extends Pick<ReceiverParts, 'book' | 'instruments' | 'mitigations' | 'config'> {
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly http: HttpClient;
}

/** Does what clicks on buttons ask for. */
export interface ClickDesk {
  /**
   * Resolves when Slack may be told that the click has come: after a verdict is kept, or as soon as it is known to be an answer to a mitigation. Rejects
   * where it could not be kept and a second click may help.
   */
  take(click: Click): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Clicker {
  readonly by: string;
  /** Undefined: nobody has said who this is. */
  readonly role: Role | undefined;
}

const refusal = (thrown: unknown): string => toBellwetherError(thrown).message.slice(0, 500);

export const createClickDesk = ({ book, instruments: m, mitigations: desk, config, logger, http }: ClickDeskDeps): ClickDesk => {
  const under = new Set<Promise<void>>();

  const clicker = ({ user }: Click): Clicker => {
    const known = config().notify.slackUsers.find(({ id }) => id === user.id);
    return known ? { by: known.name, role: known.role } : { by: `slack:${user.username ?? user.id}`.slice(0, 253), role: undefined };
  };

  const mayAnswer = (url: string): boolean =>
    ANSWERS.test(url) || (URL.canParse(url) && new URL(url).origin === new URL(config().notify.slackApiUrl).origin);

  /** https://docs.slack.dev/interactivity/handling-user-interaction: by the address that came with the click, within half an hour. */
  const answer = async ({ response_url: url }: Click, { text, to }: ClickAnswer): Promise<void> => {
    if (url === undefined || !mayAnswer(url)) return;
    const body = { response_type: to === 'person' ? 'ephemeral' : 'in_channel', replace_original: to === 'message', text };
    const problem = await postJson(http, { url, token: undefined, body }).then(
      (delivery) => (delivery.ok ? undefined : delivery.reason),
      (error: unknown) => toBellwetherError(error).message,
    );
    if (problem !== undefined) logger.warn({ reason: problem }, 'Slack could not be told what became of a click');
  };
  const later = (work: Promise<void>): void => {
    under.add(work);
    void work.finally(() => under.delete(work));
  };

  const judge = async (click: Click, word: string, alert: string): Promise<ClickAnswer> => {
    const { by, role } = clicker(click);
    if (role !== undefined && !mayAct(role, 'responder')) {
      m.refusedRequests.inc({ reason: 'role' });
      return { text: `This verdict was not taken: ${by} is ${role}, and this needs the role responder.`, to: 'person' };
    }
    try {
      const verdict = await book.giveRequest({ alert, word }, { by, role: role ?? 'slack', source: 'chat' });
      m.verdicts.inc({ word: verdict.word, source: verdict.source });
      return { text: `<@${click.user.id}> says: ${word.replaceAll('_', ' ')}`, to: 'channel' };
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      if (error.code === 'internal' || error.code === 'not_ready') throw error;
      m.verdictsRefused.inc({ reason: error.code === 'overloaded' ? 'cap' : error.code === 'not_found' ? 'unknown' : 'invalid' });
      return { text: `This verdict was not taken: ${refusal(error)}`, to: 'person' };
    }
  };

  const decide = async (click: Click, deed: string, value: string): Promise<ClickAnswer> => {
    const { by, role } = clicker(click);
    const said = deed === 'approve' ? 'approved' : 'declined';
    const not = `This was not ${said}`;
    if (role === undefined || !mayAct(role, 'responder')) {
      m.refusedRequests.inc({ reason: 'role' });
      logger.warn({ user: click.user.id, mitigation: value }, 'a click on a mitigation was refused: no role in notify.slackUsers');
      const why = role === undefined ? `nobody has said who ${click.user.id} is (notify.slackUsers)` : `${by} is ${role}`;
      return { text: `${not}: ${why}, and it needs the role responder.`, to: 'person' };
    }
    const [namespace, name, uid] = value.split('/');
    if (!desk || namespace === undefined || name === undefined || !uid) return { text: `${not}: mitigations are off.`, to: 'person' };
    const word = { uid, reason: `${said} in Slack by ${click.user.id}` };
    try {
      const mitigation = await (deed === 'approve' ? desk.approve(namespace, name, by, word) : desk.decline(namespace, name, by, word));
      logger.info({ mitigation: `${namespace}/${name}`, by, user: click.user.id }, `a mitigation was ${said} in Slack`);
      return { text: `*${quote(titleOfMitigation(mitigation))}*: ${said} by <@${click.user.id}>`, to: 'message' };
    } catch (thrown) {
      const { code } = toBellwetherError(thrown);
      const text = `${not}: ${quote(refusal(thrown))}`;
      // Nobody can answer it any more, so its buttons go.
      if (code === 'conflict' || code === 'not_found') return { text: `*${quote(`${namespace}/${name}`)}*: ${text}`, to: 'message' };
      logger.warn({ err: toBellwetherError(thrown), mitigation: value }, 'a click on a mitigation failed');
      return { text: `${text}. Try again, or use the page.`, to: 'person' };
    }
  };

  return {
    take: async (click) => {
      const { action_id: id, value = '' } = click.actions[0] ?? { action_id: '' };
      const [, kind, deed = ''] = /^(verdict|mitigation):([a-z_]{1,20})$/.exec(id) ?? [];
      // Buttons that only lead somewhere are told as well.
      if (kind === undefined) return;
      if (kind === 'verdict') {
        const result = await judge(click, deed, value);
        return later(answer(click, result));
      }
      if (deed !== 'approve' && deed !== 'decline') throw new BellwetherError('invalid_input', `there is no button ${id}`);
      // The API server may take longer than the three seconds that Slack waits.
      later(decide(click, deed, value).then((result) => answer(click, result)));
    },
    settled: async () => {
      await Promise.all(under);
    },
  };
};
