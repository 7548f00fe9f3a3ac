import { makeRuntimeEvent as make } from '../../testing/runtime-event-builders.ts';
import { isWanted } from './event-filter.ts';
import { eventCsvLine, eventLine, treeLines } from './event-text.ts';
import { processTree } from './process-tree.ts';

describe('isWanted', () => {
  const event = make({ timeMs: 5000 });
  it.each([
    [{}, true],
    [{ namespace: 'shop', type: 'exec' }, true],
    [{ namespace: 'other' }, false],
    [{ workload: 'cart' }, true],
    [{ workload: 'car' }, false],
    [{ fromMs: 5000, toMs: 5000 }, true],
    [{ fromMs: 5001 }, false],
    [{ toMs: 4999 }, false],
  ])('by %j is %s', (filter, wanted) => {
    expect(isWanted(event, filter)).toBe(wanted);
  });

  it('takes pods that are called after the workload where nobody says whose they are', () => {
    expect(isWanted(make({ workload: '', pod: 'cart-0' }), { workload: 'cart' })).toBe(true);
    expect(isWanted(make({ workload: '', pod: 'cartoon-0' }), { workload: 'cart' })).toBe(false);
  });
});

describe('processTree', () => {
  const at = (timeMs: number, execId: string, parentExecId: string, more = {}) =>
    make({ timeMs, execId, parentExecId, subject: `/bin/${execId}`, detail: '', ...more });

  it('puts each process below the one that started it, with how it ended and what it reached', () => {
    const [top, ...others] = processTree([
      at(3, 'c', 'b'),
      at(1, 'a', 'unseen'),
      at(2, 'b', 'a'),
      at(4, 'b', 'a', { type: 'policy', policy: 'no-shell', detail: 'hook /bin/sh', action: 'sigkill' }),
      at(5, 'b', 'a', { type: 'exit', detail: 'signal SIGKILL' }),
    ]);
    expect(others).toEqual([]);
    expect(top).toMatchObject({
      binary: '/bin/a',
      children: [{ binary: '/bin/b', endedBy: 'signal SIGKILL', hits: [{ policy: 'no-shell' }], children: [{ binary: '/bin/c' }] }],
    });
    expect(treeLines([top!])).toEqual([
      expect.stringMatching(/^\/bin\/a {2}\(pid 42, shop\/cart-7d4b9c-x2x4z, 1970-.*\)$/),
      expect.stringMatching(/^ {2}\/bin\/b .*ended: signal SIGKILL\)$/),
      '    ! no-shell: hook /bin/sh (sigkill)',
      expect.stringMatching(/^ {4}\/bin\/c/),
    ]);
  });

  it('cuts a circle open, and shows each process once', () => {
    const nodes = processTree([at(1, 'a', 'b'), at(2, 'b', 'a'), at(3, 'self', 'self')]);
    expect(JSON.stringify(nodes).match(/"execId"/g)).toHaveLength(3);
  });

  it('bears a chain of ten thousand', () => {
    const nodes = processTree(Array.from({ length: 10_000 }, (_, i) => at(i, `p${i}`, i === 0 ? '' : `p${i - 1}`)));
    expect(JSON.stringify(nodes).match(/"execId"/g)).toHaveLength(10_000);
  });
});

describe('eventLine', () => {
  it('says time, place, what, policy and times', () => {
    expect(eventLine(make({ policy: 'no-curl', action: 'post', count: 3 }))).toBe(
      '2026-03-04T00:00:00Z exec     shop/cart-7d4b9c-x2x4z /usr/bin/curl https://example.org [no-curl post] (x3)',
    );
  });

  it('lets nothing through that a terminal would obey, or that makes one line two', () => {
    const line = eventLine(make({ detail: 'a\u001b[2Jb\nc\u202ed' }));
    expect(line).toContain('a\\u001b[2Jb\\u000ac\\u202ed');
  });
});

describe('eventCsvLine', () => {
  it('quotes what has commas and quotes, and takes the sting out of formulas', () => {
    const line = eventCsvLine(make({ detail: '=cmd|"x",y' }));
    expect(line).toContain(`"'=cmd|""x"",y"`);
    expect(line.endsWith('\r\n')).toBe(true);
  });
});
