import { createHash } from 'node:crypto';
import { clip, type Fields, isFields, numberOf, textOf, timeOf } from '../fields.ts';
import { type EventType, MAX_DETAIL, MAX_SUBJECT, type ParsedEvent, type RuntimeEvent } from '../runtime-event.ts';
import { hookDetail } from './hook-detail.ts';

/** Keys of an exported line (`GetEventsResponse` of Tetragon's protobuf) and what they are to us. */
const KINDS: Readonly<Record<string, EventType>> = {
  process_exec: 'exec',
  process_exit: 'exit',
  process_kprobe: 'policy',
  process_tracepoint: 'policy',
  process_lsm: 'policy',
  process_uprobe: 'policy',
  process_usdt: 'policy',
  process_loader: 'loader',
  process_throttle: 'throttle',
};

const ACTION = /^KPROBE_ACTION_/;
const MAX_NAME = 253;

const idOf = (line: Uint8Array): string => createHash('sha256').update(line).digest('hex').slice(0, 32);

/** `flags` holds the way a process came to be; an exit has a code or the signal that ended it. */
const exitDetail = (exit: Fields): string => {
  const signal = textOf(exit.signal, 32);
  const status = numberOf(exit.status);
  return signal !== '' ? `signal ${signal}` : `status ${status ?? 0}`;
};

const detailOf = (type: EventType, body: Fields, process: Fields): string => {
  if (type === 'policy') return hookDetail(body);
  if (type === 'exit') return exitDetail(body);
  if (type === 'loader') return textOf(body.path, MAX_DETAIL);
  return textOf(process.arguments, MAX_DETAIL);
};

const eventOf = (line: Uint8Array, type: EventType, whole: Fields, body: Fields): RuntimeEvent => {
  const process = isFields(body.process) ? body.process : {};
  const parent = isFields(body.parent) ? body.parent : {};
  const pod = isFields(process.pod) ? process.pod : {};
  const container = isFields(pod.container) ? pod.container : {};
  return {
    id: idOf(line),
    source: 'tetragon',
    type,
    time: String(whole.time),
    timeMs: timeOf(whole.time) ?? 0,
    node: textOf(whole.node_name, MAX_NAME),
    namespace: textOf(pod.namespace, MAX_NAME),
    pod: textOf(pod.name, MAX_NAME),
    container: textOf(container.name, MAX_NAME),
    workload: textOf(pod.workload, MAX_NAME),
    workloadKind: textOf(pod.workload_kind, 63),
    subject: textOf(process.binary, MAX_SUBJECT) || (type === 'throttle' ? textOf(body.cgroup, MAX_SUBJECT) : ''),
    detail: detailOf(type, body, process),
    policy: textOf(body.policy_name, MAX_NAME),
    action: clip(textOf(body.action, 80).replace(ACTION, '').toLowerCase(), 63),
    execId: textOf(process.exec_id, 256),
    parentExecId: textOf(parent.exec_id, 256) || textOf(process.parent_exec_id, 256),
    pid: numberOf(process.pid),
    uid: numberOf(process.uid),
    count: 1,
  };
};

/**
 * One line of Tetragon's JSON export (`tetragon.log`, or its container `export-stdout`). Follows the documented fields of `GetEventsResponse` with names as in
 * protobuf; fields that are not needed may be of any form. A line that is no event is refused with its reason, and never throws.
 */
export const parseTetragonLine = (line: Uint8Array): ParsedEvent => {
  let whole: unknown;
  try {
    whole = JSON.parse(new TextDecoder().decode(line));
  } catch {
    return { refused: 'not_json' };
  }
  if (!isFields(whole)) return { refused: 'not_an_event' };
  const [kind] = Object.entries(KINDS).find(([key]) => Object.hasOwn(whole as Fields, key)) ?? [];
  if (kind === undefined) return { refused: 'not_an_event' };
  const body = whole[kind];
  if (!isFields(body)) return { refused: 'wrong_type' };
  const type = KINDS[kind] as EventType;
  if (type !== 'throttle' && (!isFields(body.process) || (body.process.binary !== undefined && typeof body.process.binary !== 'string')))
    return { refused: 'wrong_type' };
  if (timeOf(whole.time) === undefined) return { refused: 'bad_time' };
  return { event: eventOf(line, type, whole, body) };
};
