import { BellwetherError } from './error.ts';
import { readFile } from './files.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `starttls` refuses a server that does not offer it; `none` is for a relay on the same machine. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly username?: string;
  readonly password?: string;
  /** PEM file of the authorities that its certificate is checked against. */
  readonly caFile?: string;
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** The same mail sent twice has the same id, by which mailboxes know it. */
  readonly messageId: string;
}

const MAX_CA_BYTES = 1_048_576;

interface MailFault {
  readonly message?: string;
  readonly code?: string;
  readonly responseCode?: number;
}

/** Sends one mail over a connection of its own (SMTP, RFC 5321). Rejects with `upstream_refused` where another try cannot help, `upstream_unavailable` where it can. */
export const sendMail = async (server: MailServer, mail: Mail, timeoutMs: number): Promise<void> => {
  // Loaded when it is needed: most commands send no mail.
  const { createTransport } = await import('nodemailer');
  const { host, port, security, username, password, caFile } = server;
  const ca = caFile === undefined ? undefined : Buffer.from(await readFile(caFile, { maxBytes: MAX_CA_BYTES })).toString('utf8');
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // What a mail says never names a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ ...mail, to: [...mail.to] });
  } catch (thrown) {
    const { message = String(thrown), code = '', responseCode = 0 } = thrown as MailFault;
    // 5yz is for good (RFC 5321, 4.2.1); wrong credentials stay wrong.
    const forGood = responseCode >= 500 || code === 'EAUTH' || code === 'EENVELOPE';
    throw new BellwetherError(forGood ? 'upstream_refused' : 'upstream_unavailable', `${host}:${port}: ${message}`, thrown);
  } finally {
    transport.close();
  }
};
