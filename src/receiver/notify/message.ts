import type { StoredAlert } from '../store/stored-alert.ts';

/** What a notice says of its alert: kept with it, because the alert may change before the notice is sent. */
export interface NoticeAlert {
  readonly id: string;
  readonly status: 'firing' | 'resolved';
  readonly startsMs: number;
  readonly labels: StoredAlert['labels'];
  readonly annotations: StoredAlert['annotations'];
}

/** What a channel sends; plain text, to be quoted as the channel needs. */
export interface Message {
  /** The same message sent again has the same. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly severity: string;
  readonly alerts: readonly NoticeAlert[];
  /** The alert, or the list, on the pages. */
  readonly pageUrl: string;
  /** A signed link; undefined where the message is about several alerts, or about an end. */
  readonly verdictUrl: string | undefined;
  /** The mitigation that it asks about. */
  readonly approval?: { readonly namespace: string; readonly name: string; readonly uid: string };
}

export const LONGEST_TITLE = 250;
export const LONGEST_TEXT = 2_800;
/** Alerts that a message about many names one by one. */
const NAMED = 10;

const nameOf = ({ labels }: NoticeAlert): string => [labels.namespace, labels.workload ?? labels.instance].filter(Boolean).join('/');

/** What can stand between the braces of a template, besides `labels.NAME` and `annotations.NAME`. */
const FIELDS: Readonly<Record<string, (alert: NoticeAlert) => string>> = {
  alertname: ({ labels }) => labels.alertname ?? '',
  severity: ({ labels }) => labels.severity ?? '',
  namespace: ({ labels }) => labels.namespace ?? '',
  workload: nameOf,
  status: ({ status }) => status,
  summary: ({ annotations }) => annotations.summary ?? '',
  description: ({ annotations }) => annotations.description ?? '',
  runbook: ({ annotations }) => annotations.runbook_url ?? '',
};

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
// A label name of Prometheus.
const NAMED_PLACE = /^(labels|annotations)\.([a-zA-Z_][a-zA-Z0-9_]*)$/;

/** Places of a template that mean nothing. */
export const unknownPlaces = (template: string): readonly string[] =>
  [...template.matchAll(PLACE)].flatMap(([, place = '']) => (Object.hasOwn(FIELDS, place) || NAMED_PLACE.test(place) ? [] : [place]));

/** A template with the facts of an alert in its places; empty lines at its ends are left out. */
export const fillTemplate = (template: string, alert: NoticeAlert): string =>
  template
    .replace(PLACE, (_all, place: string) => {
      const [, kind, name] = NAMED_PLACE.exec(place) ?? [];
      if (name !== undefined) return (kind === 'labels' ? alert.labels : alert.annotations)[name] ?? '';
      return FIELDS[place]?.(alert) ?? '';
    })
    .trim();

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE);

export interface MessageTexts {
  readonly title: string;
  readonly text: string;
}

/** The message about one alert. */
export const messageOf = (
  alert: NoticeAlert,
  templates: MessageTexts,
  { id, pageUrl, verdictUrl }: Pick<Message, 'id' | 'pageUrl' | 'verdictUrl'>,
): Message => ({
  id,
  title: oneLine(`${alert.status === 'resolved' ? 'Resolved: ' : ''}${fillTemplate(templates.title, alert)}`) || 'alert',
  text: fillTemplate(templates.text, alert).slice(0, LONGEST_TEXT),
  severity: alert.labels.severity ?? '',
  alerts: [alert],
  pageUrl,
  verdictUrl,
});

const RANK = ['critical', 'warning', 'info'];

/** One message about many alerts: the most severe first, the rest as a count. */
export const digestOf = (alerts: readonly NoticeAlert[], { id, pageUrl }: Pick<Message, 'id' | 'pageUrl'>): Message => {
  const rank = ({ labels }: NoticeAlert): number => (RANK.indexOf(labels.severity ?? '') + RANK.length + 1) % (RANK.length + 1);
  const sorted = [...alerts].sort((a, b) => rank(a) - rank(b));
  const lines = sorted
    .slice(0, NAMED)
    .map((alert) => oneLine(`${alert.status === 'resolved' ? 'resolved: ' : ''}${alert.labels.alertname ?? 'alert'} ${nameOf(alert)}`));
  if (alerts.length > NAMED) lines.push(`and ${alerts.length - NAMED} more`);
  return {
    id,
    title: `${alerts.length} alerts`,
    text: lines.join('\n').slice(0, LONGEST_TEXT),
    severity: sorted[0]?.labels.severity ?? '',
    alerts: sorted,
    pageUrl,
    verdictUrl: undefined,
  };
};
