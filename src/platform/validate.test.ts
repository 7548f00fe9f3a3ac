import { validate } from './validate.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: { type: 'string', format: 'uri' },
    timeoutMs: { type: 'integer', minimum: 1, maximum: 60000, default: 5000 },
    password: { type: 'string', minLength: 8, writeOnly: true },
    mode: { enum: ['streamed', 'samples'] },
    lists: { type: 'array', items: { type: 'object', properties: { 'a/b': { type: 'number' } } } },
    when: { anyOf: [{ type: 'string' }, { type: 'object', required: ['from'] }] },
  },
} as const;

const messages = (value: unknown): string[] => {
  const result = validate(schema, value);
  return result.ok ? [] : result.problems.map(({ message }) => message);
};

describe('validate', () => {
  it('gives a right value back with the type of its schema', () => {
    const value = { url: 'http://127.0.0.1:9090', timeoutMs: 10 };
    const result = validate(schema, value);
    expect(result).toEqual({ ok: true, value });
    const url: string = result.ok ? result.value.url : '';
    expect(url).toBe('http://127.0.0.1:9090');
  });

  it.each([
    { name: 'missing', value: {}, message: 'url is missing' },
    {
      name: 'unknown with a near name',
      value: { url: 'http://x', timeoutms: 1 },
      message: 'timeoutms is not a known key; did you mean timeoutMs?',
    },
    { name: 'below', value: { url: 'http://x', timeoutMs: 0 }, message: 'timeoutMs is 0, but must be at least 1' },
    { name: 'wrong type', value: { url: 'http://x', timeoutMs: '5' }, message: 'timeoutMs is "5", but must be a value of type integer' },
    { name: 'enum', value: { url: 'http://x', mode: 'fast' }, message: 'mode is "fast", but must be one of: streamed, samples' },
    { name: 'format', value: { url: 'nowhere' }, message: 'url is "nowhere", but must be text in the form of uri' },
    {
      name: 'deep',
      value: { url: 'http://x', lists: [{}, { 'a/b': 'x' }] },
      message: 'lists[1].a/b is "x", but must be a value of type number',
    },
    { name: 'secret', value: { url: 'http://x', password: 'short' }, message: 'password is (hidden), but must be at least 8 characters' },
    { name: 'alternatives', value: { url: 'http://x', when: 5 }, message: 'when is 5, but must be one of its forms' },
    { name: 'no object', value: 7, message: 'the value is 7, but must be a value of type object' },
  ])('says in one sentence what is wrong: $name', ({ value, message }) => {
    expect(messages(value)).toEqual([message]);
  });

  it('tells all problems at once', () => {
    expect(messages({ timeoutMs: 0, mode: 'fast', colour: 1 })).toHaveLength(4);
  });

  it('fills defaults in a copy only when asked', () => {
    const value = { url: 'http://x' };
    expect(validate(schema, value)).toEqual({ ok: true, value: { url: 'http://x' } });
    expect(validate(schema, value, { defaults: true })).toEqual({ ok: true, value: { url: 'http://x', timeoutMs: 5000 } });
    expect(value).toEqual({ url: 'http://x' });
  });
});
