import { createHash } from 'node:crypto';
import type { Clock, Logger } from '../../platform/index.ts';
import { openTokenFile, type TokenFile } from '../../web/index.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import type { Identity } from './identity.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Whose a token is. */
export interface TokenTable {
  identify(token: string): Identity | undefined;
  close(): void;
}

/** Tokens are compared by their hashes: a lookup by a hash tells nothing about how much of a guess was right. */
export const openTokenTable = async (
  tokens: ReceiverConfig['auth']['tokens'],
  deps: { readonly clock: Clock; readonly log: Pick<Logger, 'warn'> },
): Promise<TokenTable> => {
  const fixed = new Map<string, Identity>();
  const files: { readonly file: TokenFile; readonly identity: Identity }[] = [];
  for (const { name, role, tokenFile, sha256 } of tokens) {
    const identity = { name, role };
    if (sha256 !== undefined) fixed.set(sha256, identity);
    else if (tokenFile !== undefined) files.push({ file: await openTokenFile(tokenFile, deps), identity });
  }
  return {
    identify: (token) => {
      const hash = hashOf(token);
      return fixed.get(hash) ?? files.find(({ file }) => file.token !== undefined && hashOf(file.token) === hash)?.identity;
    },
    close: () => {
      for (const { file } of files) file.close();
    },
  };
};
