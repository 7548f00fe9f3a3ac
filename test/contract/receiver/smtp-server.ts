import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly user: string | undefined;
  readonly secure: boolean;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Answer to the next mails in place of 250. */
  refuseWith(answer: string | undefined): void;
  close(): Promise<void>;
}

/** As much of a mail server (RFC 5321, AUTH PLAIN, STARTTLS) as a client needs, on loopback. */
export const startSmtpServer = async (tls?: { readonly cert: string; readonly key: string }): Promise<SmtpServer> => {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let refusal: string | undefined;

  const serve = (socket: Socket, secure: boolean): void => {
    let [buffer, inData, from, user] = ['', false, '', undefined as string | undefined];
    let to: string[] = [];
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    const command = (line: string): void => {
      const verb = line.slice(0, 8).toUpperCase();
      if (verb.startsWith('EHLO')) say(`250-loopback\r\n${tls && !secure ? '250-STARTTLS\r\n' : ''}250 AUTH PLAIN`);
      else if (verb.startsWith('STARTTLS') && tls) {
        say('220 go on');
        socket.removeAllListeners('data');
        serve(new TLSSocket(socket, { isServer: true, ...tls }), true);
      } else if (verb.startsWith('AUTH')) {
        const [, name = '', password = ''] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0');
        user = `${name}:${password}`;
        say(password === 'right' ? '235 welcome' : '535 wrong');
      } else if (verb.startsWith('MAIL')) {
        from = /<(.*?)>/.exec(line)?.[1] ?? '';
        to = [];
        say('250 ok');
      } else if (verb.startsWith('RCPT')) {
        to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
        say('250 ok');
      } else if (verb.startsWith('DATA')) {
        inData = true;
        say('354 go on');
      } else if (verb.startsWith('QUIT')) {
        say('221 bye');
        socket.end();
      } else say('250 ok');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString('utf8');
      for (;;) {
        const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const piece = buffer.slice(0, end);
        buffer = buffer.slice(end + (inData ? 5 : 2));
        if (!inData) command(piece);
        else {
          inData = false;
          if (refusal === undefined) mails.push({ from, to, data: piece, user, secure });
          say(refusal ?? '250 taken');
        }
      }
    });
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write('220 loopback\r\n');
    serve(socket, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    refuseWith: (answer) => {
      refusal = answer;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
};
