import fc from 'fast-check';
import { parseEvents } from 'js-yaml';
import { compose } from './compose.ts';
import { offsetOf, placeTree, plainPlaces } from './locate.ts';
import { PLAIN_DEPTH, readPlainDocument } from './plain-document.ts';
import { DEFAULT_LIMITS } from './read-documents.ts';

const longWay = (text: string) => {
  const events = parseEvents(text, { maxDepth: DEFAULT_LIMITS.maxDepth });
  return { ...compose(text, events, DEFAULT_LIMITS), tree: placeTree(text, events) };
};

const pointersOf = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null
    ? [
        path,
        ...Object.entries(value).flatMap(([key, child]) => pointersOf(child, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)),
      ]
    : [path];

/** Either it is left to the long way, or both read the same value at the same places. Says whether it was read. */
const isSame = (text: string): boolean => {
  const short = readPlainDocument(text);
  if (!short) return false;
  const long = longWay(text);
  expect(short.value).toEqual(long.value);
  expect(long.duplicates).toEqual([]);
  const places = plainPlaces(short.value, short);
  for (const pointer of pointersOf(short.value).flatMap((path) => [path, `${path}/absent`]))
    expect([pointer, offsetOf(places, pointer)]).toEqual([pointer, offsetOf(long.tree, pointer)]);
  return true;
};

const MANIFEST = `# Source: chart/templates/web.yaml
apiVersion: apps/v1
kind: Deployment # what it is
metadata:
  name: "web"
  labels: {app.kubernetes.io/name: web, tier: 'front end'}
  annotations:
    example.com/note: a text with "quotes", a # that is none and a:colon
    escaped: "a \\"word\\" and a \\\\"
  creationTimestamp: null
spec:
  replicas: 3
  empty:
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com:5000/web@sha256:abc
        args: ["--flag=1", -c, 8080, /bin/sh]
        command:
          - sh
          - -c
          - |
            # no comment
            if true; then
              echo "x"

            fi
        ports:
          - {name: http, containerPort: 8080}
      -   name: other
          image: b
  keep: |+
    text

  strip: |-
    text
`;

describe('readPlainDocument', () => {
  it('reads what people write, as the long way does', () => expect(isSame(MANIFEST)).toBe(true));

  it.each([
    { name: 'a marker with a comment', text: '--- # one\na: 1\n' },
    { name: 'lists in lists', text: 'a:\n- - 1\n  - 2\n- - b: 1\n    c: 2\n' },
    { name: 'numbers, words and dates', text: 'a: 010\nb: yes\nc: ~\nd: 1_000\ne: 2020-01-01\nf: .5\ng: 0x1F\nh: "on"\n' },
    { name: 'no line break at the end', text: 'a:\n  b: 1' },
    { name: 'a key without a value at the end', text: 'a: 1\nb:' },
    { name: 'a block with blank lines in it and behind', text: 'a: |\n  x\n\n  z\n\n\nb: 1\n' },
    { name: 'values that begin with a dash or a dot', text: 'a: -c\nb: .x\nc: -5\nd: /a\n' },
    { name: 'accents and dashes', text: 'a: caf\u00e9 \u2013 bar\n' },
  ])('reads $name', ({ text }) => expect(isSame(text)).toBe(true));

  it.each([
    { name: 'an anchor', text: 'a: &x 1\nb: *x\n' },
    { name: 'a merge key', text: 'a:\n  <<: {b: 1}\n' },
    { name: 'a key that stands twice', text: 'a: 1\na: 2\n' },
    { name: '__proto__', text: 'a:\n  __proto__: {b: 1}\n' },
    { name: 'a key that is no text', text: 'on: 1\n' },
    { name: 'keys that are numbers', text: 'data:\n  "10": a\n  "2": b\n' },
    { name: 'a tag', text: 'a: !!str 1\n' },
    { name: 'text over two lines', text: 'a: b\n  c\n' },
    { name: 'a folded block', text: 'a: >\n  b\n' },
    { name: 'a block that begins with a blank line', text: 'a: |\n\n  b\n' },
    { name: 'tabs', text: 'a:\tb\n' },
    { name: 'CRLF', text: 'a: b\r\n' },
    { name: 'a list over two lines', text: 'a: [1,\n  2]\n' },
    { name: 'a comma at the end', text: 'a: [1, ]\n' },
    { name: 'wrong indentation', text: 'a:\n    b: 1\n  c: 2\n' },
    { name: 'two colons', text: 'a: b: c\n' },
    { name: 'an open quote', text: 'a: "b\n' },
    { name: 'a template', text: 'a: {{ .Values.x }}\n' },
    { name: 'a list at the top', text: '- a\n' },
    { name: 'text', text: 'hello\n' },
    { name: 'nothing', text: '# only a comment\n' },
    { name: 'deep nesting', text: Array.from({ length: PLAIN_DEPTH + 1 }, (_, i) => `${' '.repeat(i)}a:\n`).join('') },
    { name: 'deep lists', text: `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n` },
  ])('leaves $name to the long way', ({ text }) => expect(readPlainDocument(text)).toBeUndefined());

  it('reads changed manifests as the long way does, or not at all', () => {
    const bits = [
      ' ',
      '  ',
      '\n',
      '\n  ',
      ':',
      ': ',
      '- ',
      ' #',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      ',',
      ', ',
      '|',
      '>',
      '&a ',
      '*a',
      '~',
      '\\',
      '1',
    ];
    const change = fc.record({ at: fc.nat(MANIFEST.length), cut: fc.nat(3), bit: fc.constantFrom('', ...bits) });
    let read = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = MANIFEST;
        for (const { at, cut, bit } of changes) text = text.slice(0, at) + bit + text.slice(at + cut);
        if (isSame(text)) read += 1;
      }),
      { numRuns: 1500, seed: 6 },
    );
    // Otherwise nothing was compared.
    expect(read).toBeGreaterThan(100);
  });
});
