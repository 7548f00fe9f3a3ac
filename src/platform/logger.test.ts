import { createLogger } from './logger.ts';

const logged = (level: 'info' | 'warn', act: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] => {
  const lines: string[] = [];
  act(createLogger({ level, name: 'exporter' }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('createLogger', () => {
  it('writes one JSON object per line with the level as a word', () => {
    const [line] = logged('info', (log) => log.info({ workloads: 3 }, 'scored'));
    expect(line).toMatchObject({ level: 'info', name: 'exporter', workloads: 3, msg: 'scored' });
    expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('drops what is below its level', () => {
    expect(logged('warn', (log) => log.info('quiet'))).toEqual([]);
  });

  it('hides values under names of secrets, two levels deep', () => {
    const [line] = logged('info', (log) =>
      log.info({ password: 'a', auth: { bearerToken: 'b' }, http: { headers: { authorization: 'c' } } }),
    );
    expect(JSON.stringify(line)).not.toMatch(/"[abc]"/);
  });
});
