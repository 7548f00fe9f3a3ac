import fc from 'fast-check';
import { parseTetragonLine } from './parse-tetragon-line.ts';

// The forms of a process, a pod and the kinds of events as Tetragon's documentation prints them; names are made up.
const PROCESS = {
  exec_id: 'bm9kZS1hOjExNDI4NjE1NjM2OTAxOjUxNTgz',
  pid: 51_583,
  uid: 1000,
  cwd: '/',
  binary: '/usr/bin/whoami',
  arguments: '--version',
  flags: 'execve rootcwd clone',
  start_time: '2026-05-11T12:54:45.615Z',
  pod: {
    namespace: 'shop',
    name: 'cart-7d4b9c-x2x4z',
    container: { id: 'containerd://1fb931d2f6e5', name: 'cart' },
    pod_labels: { app: 'cart' },
    workload: 'cart',
    workload_kind: 'Deployment',
  },
};
const REST = { node_name: 'node-a', time: '2026-05-11T12:54:45.615123456Z' };
const lineOf = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const parse = (value: unknown) => parseTetragonLine(lineOf(value));

describe('parseTetragonLine', () => {
  it('keeps who, where and when of a process, with every digit of the time', () => {
    const parsed = parse({ process_exec: { process: PROCESS, parent: { exec_id: 'up', binary: '/bin/bash' } }, ...REST });
    expect(parsed).toEqual({
      event: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        source: 'tetragon',
        type: 'exec',
        time: '2026-05-11T12:54:45.615123456Z',
        timeMs: Date.parse('2026-05-11T12:54:45.615Z'),
        node: 'node-a',
        namespace: 'shop',
        pod: 'cart-7d4b9c-x2x4z',
        container: 'cart',
        workload: 'cart',
        workloadKind: 'Deployment',
        subject: '/usr/bin/whoami',
        detail: '--version',
        policy: '',
        action: '',
        execId: PROCESS.exec_id,
        parentExecId: 'up',
        pid: 51_583,
        uid: 1000,
        count: 1,
      },
    });
  });

  it.each([
    ['an exit by signal', { process_exit: { process: PROCESS, signal: 'SIGKILL' } }, { type: 'exit', detail: 'signal SIGKILL' }],
    ['an exit by status', { process_exit: { process: PROCESS, status: 7 } }, { type: 'exit', detail: 'status 7' }],
    [
      'a file hook',
      {
        process_kprobe: {
          process: PROCESS,
          function_name: 'security_file_permission',
          args: [{ file_arg: { mount: '/', path: '/etc/shadow' } }, { int_arg: 4 }],
          action: 'KPROBE_ACTION_POST',
          policy_name: 'file-read',
        },
      },
      { type: 'policy', detail: 'security_file_permission /etc/shadow 4', policy: 'file-read', action: 'post' },
    ],
    [
      'a socket hook',
      {
        process_kprobe: {
          process: PROCESS,
          function_name: 'tcp_connect',
          args: [
            { sock_arg: { family: 'AF_INET', protocol: 'IPPROTO_TCP', saddr: '10.0.0.5', daddr: '1.2.3.4', sport: 40_000, dport: 443 } },
          ],
          action: 'KPROBE_ACTION_SIGKILL',
        },
      },
      { detail: 'tcp_connect IPPROTO_TCP 1.2.3.4:443', action: 'sigkill' },
    ],
    [
      'a tracepoint',
      { process_tracepoint: { process: PROCESS, subsys: 'syscalls', event: 'sys_enter' } },
      { type: 'policy', detail: 'syscalls/sys_enter' },
    ],
    ['a process of the node', { process_exec: { process: { ...PROCESS, pod: undefined } } }, { namespace: '', pod: '' }],
    ['a number as text', { process_exec: { process: { ...PROCESS, pid: '77' } } }, { pid: 77 }],
  ])('reads %s', (_, body, wanted) => {
    expect(parse({ ...body, ...REST })).toMatchObject({ event: wanted });
  });

  it.each([
    ['nothing', '', 'not_json'],
    ['a cut line', '{"process_exec":{"process":{"exec_id":"a', 'not_json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b]).toString('latin1'), 'not_json'],
    ['a list', [1], 'not_an_event'],
    ['a word', '"process_exec"', 'not_an_event'],
    ['another message', { rate_limit_info: {}, ...REST }, 'not_an_event'],
    ['a key of every object', { constructor: {}, ...REST }, 'not_an_event'],
    ['a body that is a text', { process_exec: 'x', ...REST }, 'wrong_type'],
    ['no process', { process_exec: {}, ...REST }, 'wrong_type'],
    ['a binary that is a number', { process_exec: { process: { ...PROCESS, binary: 7 } }, ...REST }, 'wrong_type'],
    ['no time', { process_exec: { process: PROCESS } }, 'bad_time'],
    ['a time that is none', { process_exec: { process: PROCESS }, time: 'yesterday' }, 'bad_time'],
    ['a time before all clocks', { process_exec: { process: PROCESS }, time: '1960-01-01T00:00:00Z' }, 'bad_time'],
  ])('refuses %s with its reason', (_, value, refused) => {
    expect(parse(value)).toEqual({ refused });
  });

  it('gives the same line the same id, and another one another', () => {
    const one = { process_exec: { process: PROCESS }, ...REST };
    const id = (value: unknown): string => {
      const parsed = parse(value);
      return 'event' in parsed ? parsed.event.id : '';
    };
    expect(id(one)).toBe(id(one));
    expect(id({ ...one, time: '2026-05-11T12:54:45.615123457Z' })).not.toBe(id(one));
  });

  it('keeps texts within their bounds', () => {
    const parsed = parse({ process_exec: { process: { ...PROCESS, arguments: 'é'.repeat(10_000), binary: 'b'.repeat(9000) } }, ...REST });
    expect('event' in parsed && [parsed.event.detail.length, parsed.event.subject.length]).toEqual([4096, 1024]);
  });

  it('never throws, whatever a line holds', () => {
    const key = fc.constantFrom('process_exec', 'process_exit', 'process_kprobe', 'process_throttle', 'time', 'process', 'args', 'pod');
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.double(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => lineOf(JSON.stringify(value) ?? '')),
          fc.uint8Array({ maxLength: 200 }),
        ),
        (line) => {
          const parsed = parseTetragonLine(line);
          expect('event' in parsed || 'refused' in parsed).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
