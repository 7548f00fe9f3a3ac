const WINDOW_MS = 60_000;
const SUSPECT_SHARE = 0.5;
/** Clients remembered, and flows of each: enough for a minute of a busy one. */
const MAX_CLIENTS = 50_000;
const MAX_FLOWS = 1024;

export interface LinkTable {
  /** Whether half of the client's flows of the last minute were called attacks; false for one without flows. */
  isSuspect(client: string, nowMs: number): boolean;
  add(client: string, nowMs: number, isAttack: boolean): void;
}

interface Past {
  readonly timeMs: number;
  readonly isAttack: boolean;
}

/** Remembers what was said of each client's last flows. Addresses are keys here and nothing else. */
export const createLinkTable = (): LinkTable => {
  const clients = new Map<string, Past[]>();
  return {
    isSuspect: (client, nowMs) => {
      const recent = (clients.get(client) ?? []).filter(({ timeMs }) => Math.abs(nowMs - timeMs) <= WINDOW_MS);
      return recent.length > 0 && recent.filter(({ isAttack }) => isAttack).length / recent.length >= SUSPECT_SHARE;
    },
    add: (client, nowMs, isAttack) => {
      const past = clients.get(client) ?? [];
      if (past.length === 0 && clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value!);
      past.push({ timeMs: nowMs, isAttack });
      if (past.length > MAX_FLOWS) past.splice(0, MAX_FLOWS / 2);
      clients.set(client, past);
    },
  };
};
