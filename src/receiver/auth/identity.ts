/** What one may do. `sender` stands apart: whoever delivers alerts need not read anything. */
export const ROLES = ['sender', 'viewer', 'responder', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Identity {
  readonly name: string;
  readonly role: Role;
}

const RANK: Readonly<Record<Role, number>> = { sender: 0, viewer: 1, responder: 2, admin: 3 };

/** Whether a role may do what another is asked for: each may what the ones below may, but only senders and admins deliver alerts. */
export const mayAct = (role: Role, needed: Role): boolean =>
  needed === 'sender' ? role === 'sender' || role === 'admin' : RANK[role] >= RANK[needed];
