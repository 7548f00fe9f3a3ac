import { BellwetherError } from '../error.ts';
import { KubernetesApiError } from './api-error.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** `bookmark` carries only a resource version from which a later watch may go on. */
export interface WatchEvent<T extends KubernetesObject = KubernetesObject> {
  readonly type: 'added' | 'modified' | 'deleted' | 'bookmark';
  readonly object: T;
}

const TYPES: Readonly<Record<string, WatchEvent['type']>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
  BOOKMARK: 'bookmark',
};

// One object of etcd has at most 1.5 MiB; JSON may need more.
const MAX_LINE_BYTES = 16 << 20;
const NEWLINE = 10;

/** The lines of a watch as events. Throws the server's refusal where the stream holds one. */
export async function* readWatch<T extends KubernetesObject>(what: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent<T>> {
  for await (const line of linesOf(body)) {
    const { type, object } = JSON.parse(line) as { type: string; object: T & { code?: number } };
    if (type === 'ERROR') throw new KubernetesApiError(what, object.code ?? 500, JSON.stringify(object));
    const known = TYPES[type];
    if (known) yield { type: known, object };
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
      parts = [];
      size = 0;
      from = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE_BYTES) throw new BellwetherError('limit_exceeded', `a watch event of more than ${MAX_LINE_BYTES} bytes`);
  }
}
