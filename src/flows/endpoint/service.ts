import type { Flow } from '../record/flow.ts';

/** Who asked whom for what. */
export interface Conversation {
  readonly client: string;
  readonly service: string;
  readonly port: number;
}

/**
 * The service is the side with the lower port that is not 0, whichever way the meter wrote the flow; with equal ports, the destination. Pod addresses
 * are names of a recording: use them as keys, never as numbers.
 */
export const conversationOf = ({
  source,
  sourcePort,
  destination,
  destinationPort,
}: Pick<Flow, 'source' | 'sourcePort' | 'destination' | 'destinationPort'>): Conversation => {
  const isSource = sourcePort !== 0 && (destinationPort === 0 || sourcePort < destinationPort);
  return isSource
    ? { client: destination, service: source, port: sourcePort }
    : { client: source, service: destination, port: destinationPort };
};

// A character that no address has.
export const conversationKey = ({ client, service, port }: Conversation): string => `${client} ${service} ${port}`;
