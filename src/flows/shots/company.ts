const WINDOW_MS = 60_000;
/** Clients remembered, and flows of each: a minute of most, and of a flood enough to know it. */
const MAX_CLIENTS = 20_000;
const MAX_FLOWS = 256;

export interface CompanyTable {
  /**
   * The costs of each family for a flow, together with the mean of what they were for the client's flows of the last minute that were called attacks: a scan
   * has hundreds of flows, some of which look like another attack by themselves. The flow is then one of them.
   */
  weigh(client: string, nowMs: number, own: Float64Array): Float64Array;
}

interface Past {
  readonly timesMs: number[];
  readonly costs: Float64Array[];
  readonly sum: Float64Array;
}

/** Remembers how near to each family the last flows of each client were that were called attacks. Addresses are keys here and nothing else. */
export const createCompanyTable = (): CompanyTable => {
  const clients = new Map<string, Past>();
  const forget = ({ timesMs, costs, sum }: Past): void => {
    timesMs.shift();
    costs.shift()!.forEach((cost, i) => {
      sum[i]! -= cost;
    });
  };
  return {
    weigh: (client, nowMs, own) => {
      let past = clients.get(client);
      if (!past) {
        if (clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value!);
        past = { timesMs: [], costs: [], sum: new Float64Array(own.length) };
        clients.set(client, past);
      }
      while (past.timesMs.length > 0 && (past.timesMs.length >= MAX_FLOWS || Math.abs(nowMs - past.timesMs[0]!) > WINDOW_MS)) forget(past);
      const { timesMs, costs, sum } = past;
      const together = own.map((cost, i) => cost + (timesMs.length === 0 ? 0 : sum[i]! / timesMs.length));
      timesMs.push(nowMs);
      costs.push(own);
      own.forEach((cost, i) => {
        sum[i]! += cost;
      });
      return together;
    },
  };
};
