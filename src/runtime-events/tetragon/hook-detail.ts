import { clip, type Fields, isFields, textOf } from '../fields.ts';
import { MAX_DETAIL } from '../runtime-event.ts';

/** A hook has at most five arguments (Tetragon's own limit); more is nothing that it wrote. */
const MAX_ARGUMENTS = 8;
const MAX_TEXT = 512;

const address = (host: unknown, port: unknown): string => {
  const name = textOf(host, 64);
  const at = name.includes(':') ? `[${name}]` : name;
  return typeof port === 'number' ? `${at}:${port}` : at;
};

/** One argument in a few words; the kinds are those of `KprobeArgument` of Tetragon's protobuf that a person reads. */
const argument = (value: unknown): string => {
  if (!isFields(value)) return '';
  for (const [kind, given] of Object.entries(value)) {
    if (kind === 'label') continue;
    if (typeof given === 'string') return clip(given, MAX_TEXT);
    if (typeof given === 'number' || typeof given === 'boolean') return String(given);
    if (!isFields(given)) continue;
    if (kind === 'sock_arg' || kind === 'skb_arg' || kind === 'sockaddr_arg')
      return `${textOf(given.protocol, 32)} ${address(given.daddr ?? given.addr, given.dport ?? given.port)}`.trim();
    const path = textOf(given.path, MAX_TEXT) || textOf(given.name, MAX_TEXT);
    if (path !== '') return path;
  }
  return '';
};

/** What a hook was called with: `security_file_permission /etc/shadow 4`. */
export const hookDetail = (hook: Fields): string => {
  const name = textOf(hook.function_name, 256) || [textOf(hook.subsys, 128), textOf(hook.event, 128)].filter(Boolean).join('/');
  const given = Array.isArray(hook.args) ? hook.args.slice(0, MAX_ARGUMENTS).map(argument).filter(Boolean) : [];
  return clip([name || textOf(hook.path, 256), ...given].filter(Boolean).join(' '), MAX_DETAIL);
};
