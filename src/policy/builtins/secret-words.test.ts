import { describe, expect, it } from '@jest/globals';
import { isLiteral, isSecretName, mask, passwordInUrl, secretFlagIn, secretSettingIn } from './secret-words.ts';

const all = <T>(list: readonly T[], judge: (item: T) => unknown): unknown[] => list.filter((item) => !judge(item));
const none = <T>(list: readonly T[], judge: (item: T) => unknown): unknown[] => list.filter((item) => judge(item));

describe('isSecretName', () => {
  it('knows names of secrets', () => {
    const names = [
      'PASSWORD',
      'DB_PASS',
      'db.password',
      'mysqlRootPassword',
      'API_KEY',
      'apikey',
      'AWS_SECRET_ACCESS_KEY',
      'CLIENT_SECRET',
      'SECRET_SAUCE',
      'TOKEN2',
    ];
    expect(all(names, isSecretName)).toEqual([]);
  });

  it('leaves alone what is about secrets', () => {
    const names = [
      'PASSWORD_FILE',
      'TOKEN_URL',
      'secretName',
      'TOKEN_TTL',
      'PWD',
      'ALLOW_EMPTY_PASSWORD',
      'MAX_TOKENS',
      'KEY',
      'PASSENGER_PORT',
      'COMPASS',
      'PASS_THROUGH',
      'existingSecret',
      'AWS_ACCESS_KEY_ID',
      'ETCD_INITIAL_CLUSTER_TOKEN',
    ];
    expect(none(names, isSecretName)).toEqual([]);
  });
});

describe('isLiteral', () => {
  it('tells values from references, switches and places', () => {
    expect(all(['hunter2', 'changeme', 'p@ss w0rd', 'abc/def+ghi==', '12345678'], isLiteral)).toEqual([]);
    const others = [
      '',
      'true',
      '$(DB_PASSWORD)',
      '\u0024{DB}',
      '{{ .Values.x }}',
      '<password>',
      'vault:secret/data/a#b',
      '/run/secrets/a',
      'https://a.example.com/b',
      '********',
      '30',
    ];
    expect(none(others, isLiteral)).toEqual([]);
  });
});

describe('passwordInUrl', () => {
  it('finds literal passwords only', () => {
    expect(passwordInUrl('postgres://app:hunter2@db:5432/app')).toBe('hunter2');
    expect(passwordInUrl('see redis://:hunter2@cache')).toBe('hunter2');
    expect(['postgres://app:$(PASSWORD)@db', 'postgres://app@db', 'https://example.com:8080/a@b', 'a:b@c'].map(passwordInUrl)).toEqual(
      Array(4).fill(undefined),
    );
  });
});

describe('secretSettingIn', () => {
  it('reads properties, YAML, JSON and shell', () => {
    expect(secretSettingIn('host=db\ndb.password = hunter2')).toBe('db.password');
    expect(secretSettingIn('db:\n  user: app\n  password: "hunter2"')).toBe('password');
    expect(secretSettingIn('{\n  "apiKey": "0123abcd",\n}')).toBe('apiKey');
    expect(secretSettingIn('export TOKEN=abcd1234')).toBe('TOKEN');
    expect(secretSettingIn('{"db":{"user":"app","password" : "hunter2"}}')).toBe('password');
  });

  it('leaves references and names alone', () => {
    for (const text of [
      'password: \u0024{DB_PASSWORD}',
      'PASSWORD=$1',
      'token=$(cat /token)',
      'secret: my-tls-secret',
      'password = getPassword()',
      'passwordFile: /run/a',
      '# password',
      '{"db":{"secret":"my-tls","passwordFile":"abcdef"}}',
    ])
      expect(secretSettingIn(text)).toBeUndefined();
  });
});

describe('secretFlagIn', () => {
  it('finds the value of a flag, also in a script', () => {
    expect(secretFlagIn('--db.password=hunter2')).toEqual({ name: 'db.password', value: 'hunter2' });
    expect(secretFlagIn("app -x --token='abcd efgh' --token='abcdefgh' | tee")).toEqual({ name: 'token', value: 'abcdefgh' });
    for (const text of ['--password=$1', '--password-file=/a', 'password=hunter2', '--secret=my-tls', 'a--token=abcdefgh', '--password='])
      expect({ [text]: secretFlagIn(text) }).toEqual({ [text]: undefined });
  });

  it('takes no longer for hostile text', () => {
    const texts = ['--a'.repeat(100_000), `--password=${'"'.repeat(100_000)}`, '-'.repeat(200_000) + '=', '--a='.repeat(50_000)];
    const before = process.cpuUsage().user;
    for (const text of texts) secretFlagIn(text);
    expect(process.cpuUsage().user - before).toBeLessThan(500_000);
  });
});

describe('mask', () => {
  it('shows too little to use it', () => {
    expect([mask('abc'), mask('hunter22'), mask('AKIAIOSFODNN7EXAMPLE')]).toEqual([
      '*** (3 characters)',
      'hu*** (8 characters)',
      'AKIA*** (20 characters)',
    ]);
  });
});
