import { checkRequest, type PolicyRequest, TEMPLATES } from './policy-request.ts';

const REQUEST: PolicyRequest = { template: 'shell', namespace: 'shop', podLabels: ['app=cart'], paths: [], cidrs: [], exceptBinaries: [] };
const check = (change: Partial<PolicyRequest>) => checkRequest({ ...REQUEST, ...change }, ['bellwether']);

describe('TEMPLATES', () => {
  it.each(TEMPLATES.map((template) => [template.name, template] as const))(
    '%s says what it is about, and is within what Tetragon takes',
    (_, template) => {
      const hooks = template.hooks({ paths: ['/etc/shadow'], cidrs: ['10.0.0.0/8'], exceptBinaries: ['/usr/bin/ok'] });
      expect(template.notes.length).toBeGreaterThan(1);
      for (const { args, selectors } of hooks) {
        expect(args.length).toBeLessThanOrEqual(5);
        expect(selectors.length).toBeLessThanOrEqual(5);
        // Every hook names pods' programs or values: none is about everything.
        for (const { matchArgs, matchBinaries, matchActions } of selectors) {
          expect(matchArgs.every(({ values }) => values.length > 0)).toBe(true);
          expect(matchBinaries).toEqual([{ operator: 'NotIn', values: ['/usr/bin/ok'] }]);
          expect(matchActions).toHaveLength(1);
        }
      }
    },
  );
});

describe('checkRequest', () => {
  it('takes the name of the template where none is given', () => {
    expect(check({})).toMatchObject({ name: 'shell', matchLabels: { app: 'cart' } });
    expect(
      check({ template: 'egress', cidrs: ['10.0.0.0/8', 'fd00::/8'], podLabels: ['app.kubernetes.io/name=cart', 'tier='] }),
    ).toMatchObject({ name: 'egress' });
  });

  it.each([
    ['an unknown template', { template: 'fork' }, 'there is no template "fork": shell, download'],
    ['no labels', { podLabels: [] }, 'at least one label'],
    ['a label without a value', { podLabels: ['app'] }, 'must be of the form key=value'],
    ['a label with two', { podLabels: ['a=b=c'] }, 'must be of the form key=value'],
    ['a name that is none', { name: 'No Shell' }, 'must be at most 42'],
    ['a namespace that is none', { namespace: '../x' }, 'is no namespace'],
    ['paths where none are taken', { paths: ['/etc/shadow'] }, 'takes no --path'],
    ['no paths where some are needed', { template: 'file-read' }, 'needs --path'],
    ['a relative path', { template: 'file-read', paths: ['etc/shadow'] }, 'must be an absolute path'],
    ['a path that leads up', { template: 'file-read', paths: ['/srv/../etc/shadow'] }, 'without ..'],
    ['a path with a line break', { template: 'file-read', paths: ['/etc/a\nb'] }, 'must be an absolute path'],
    ['a path that is too long', { template: 'file-read', paths: [`/${'a'.repeat(200)}`] }, 'at most 200 characters'],
    ['a path that is everything', { template: 'file-write', paths: ['/'] }, 'must be an absolute path'],
    ['a folder that every process reads', { template: 'file-read', paths: ['/etc'] }, 'every process touches'],
    ['too many paths', { template: 'file-read', paths: Array.from({ length: 17 }, (_, i) => `/srv/${i}`) }, '17 paths are too many'],
    ['an address without bits', { template: 'egress', cidrs: ['10.0.0.1'] }, 'must be a range'],
    ['too many bits', { template: 'egress', cidrs: ['10.0.0.0/33'] }, 'must be a range'],
    ['everything as a range', { template: 'egress', cidrs: ['0.0.0.0/0'] }, 'allows nearly everything'],
    ['everything of IPv6', { template: 'egress', cidrs: ['::/0'] }, 'allows nearly everything: at least /8'],
    ['an exception that is a folder', { exceptBinaries: ['/usr/bin/'] }, 'path of a program'],
  ])('refuses %s', (_, change, message) => {
    expect(() => check(change)).toThrow(message);
  });

  it('says everything that is wrong at once', () => {
    expect(() => check({ podLabels: [], paths: ['/a'], name: '-' })).toThrow(/at least one label[\s\S]*takes no --path/);
  });

  it.each(['kube-system', 'monitoring', 'bellwether', 'openshift-dns'])('never touches %s', (namespace) => {
    expect(() => check({ namespace })).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });
});
