import fc from 'fast-check';
import { valueAt } from '../../policy/index.ts';
import { DEFAULT_LIMITS, type ReadDocument, readDocuments, type UnreadableDocument } from './read-documents.ts';

const read = (text: string, limits = DEFAULT_LIMITS) => [...readDocuments(text, limits)];
const values = (text: string): unknown[] => read(text).map((entry) => (entry.kind === 'document' ? entry.value : entry.message));
const first = (text: string): ReadDocument => {
  const [entry] = read(text);
  if (entry?.kind !== 'document') throw new Error(`no document: ${entry?.message}`);
  return entry;
};

describe('readDocuments', () => {
  it.each([
    { name: 'two documents', text: 'a: 1\n---\nb: 2\n', expected: [{ a: 1 }, { b: 2 }] },
    { name: 'CRLF', text: 'a: 1\r\n---\r\nb:\r\n  c: 2\r\n', expected: [{ a: 1 }, { b: { c: 2 } }] },
    { name: 'content behind the marker', text: '--- {a: 1}\n--- # comment\nb: 2', expected: [{ a: 1 }, { b: 2 }] },
    { name: 'a directive', text: '%YAML 1.1\n---\na: 1\n', expected: [{ a: 1 }] },
    { name: 'an end marker', text: 'a: 1\n...\n---\nb: 2\n...\n', expected: [{ a: 1 }, { b: 2 }] },
    { name: 'dashes inside a block scalar', text: 'a: |\n  x\n  ---\n  y\n', expected: [{ a: 'x\n---\ny\n' }] },
    { name: 'JSON with tabs', text: '{\n\t"a": [\n\t\t1\n\t]\n}', expected: [{ a: [1] }] },
    {
      name: 'JSON values one after the other',
      text: '{\n  "a": "}"\n}\n\n{"b": {\n}\n}\r\n{"c": 3}',
      expected: [{ a: '}' }, { b: {} }, { c: 3 }],
    },
    {
      name: 'lines of quoted text and brackets as far left as the key, as Kubernetes does',
      text: "a:\n  b: 'x\n  y'\n  c: {\n    d: 1\r\n  }\ne: [\n1,\n2\n]\n",
      expected: [{ a: { b: expect.stringMatching(/^x +y$/), c: { d: 1 } }, e: [1, 2] }],
    },
    { name: 'anchor and alias', text: 'a: &x {b: 1}\nc: *x\n', expected: [{ a: { b: 1 }, c: { b: 1 } }] },
    {
      name: 'a merge key, own keys first',
      text: 'a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\n',
      expected: [{ a: { b: 1, c: 2 }, d: { b: 3, c: 2 } }],
    },
    { name: 'a list of merges, the first one wins', text: 'd:\n  <<: [{b: 1}, {b: 2, c: 2}]\n', expected: [{ d: { b: 1, c: 2 } }] },
    { name: 'a quoted << is a key', text: '"<<": 1\n', expected: [{ '<<': 1 }] },
    { name: 'nothing', text: '# only a comment\n', expected: [] },
    { name: 'an unknown tag', text: 'a: !Ref x\n', expected: [{ a: 'x' }] },
    { name: 'a tag that says text', text: 'a: !!str 12\n', expected: [{ a: '12' }] },
  ])('reads $name', ({ text, expected }) => expect(values(text)).toEqual(expected));

  it('reads plain scalars as Kubernetes does', () => {
    const text =
      '{a: yes, b: off, c: 0644, d: 0x1F, e: 1_000, f: 1e3, g: ~, h: 2020-01-01, i: .5, j: 1.10, k: "yes", l: 08, m: -0b11, o: 1:30, y: 1}';
    expect(values(text)).toEqual([
      {
        a: true,
        b: false,
        c: 420,
        d: 31,
        e: 1000,
        f: 1000,
        g: null,
        h: '2020-01-01',
        i: 0.5,
        j: 1.1,
        k: 'yes',
        l: 8,
        m: -3,
        o: '1:30',
        true: 1,
      },
    ]);
  });

  it('keeps the places below a line that stands too far left', () => {
    const document = first("a:\n  b: 'x\n  y'\n  c: 1\n");
    expect([document.locate('/a/b'), document.locate('/a/c')]).toEqual([
      { line: 2, column: 3 },
      { line: 4, column: 3 },
    ]);
  });

  it('counts documents as a YAML loader does: empty ones count, comments before the first do not', () => {
    expect(read('# licence\n---\na: 1\n---\n# nothing\n---\nb: 2\n').map(({ index }) => index)).toEqual([0, 2]);
  });

  it('tells where a document is broken and reads the others', () => {
    const entries = read('a: 1\n---\nb: [1,\n---\nc: 3\n---\nd: *nobody\n');
    expect(entries.map((entry) => (entry.kind === 'document' ? entry.value : entry.index))).toEqual([{ a: 1 }, 1, { c: 3 }, 3]);
    const [, broken, , alias] = entries as UnreadableDocument[];
    expect(broken?.message).toMatch(/^not YAML: /);
    expect(broken?.line).toBeGreaterThanOrEqual(3);
    expect(alias).toMatchObject({ line: 7, column: 4, message: 'alias *nobody stands for nothing' });
  });

  it('tells keys that stand twice, with the place of the later one', () => {
    const document = first('a: 1\nb:\n  - c: 1\n    c: 2\n');
    expect(document.value).toEqual({ a: 1, b: [{ c: 2 }] });
    expect(document.duplicateKeys).toEqual(['/b/0/c']);
    expect(document.locate('/b/0/c')).toEqual({ line: 4, column: 5 });
  });

  it.each([
    { name: 'a key', pointer: '/spec/b', place: { line: 3, column: 3 } },
    { name: 'an item', pointer: '/list/1', place: { line: 6, column: 5 } },
    { name: 'a key of an item', pointer: '/list/1/name', place: { line: 6, column: 5 } },
    { name: 'what is missing: the nearest thing above', pointer: '/spec/b/c/d', place: { line: 3, column: 3 } },
    { name: 'what an alias stands for', pointer: '/again/name', place: { line: 6, column: 5 } },
    { name: 'a merged key', pointer: '/merged/name', place: { line: 6, column: 5 } },
    { name: 'the document', pointer: '', place: { line: 1, column: 1 } },
  ])('locates $name', ({ pointer, place }) => {
    const simple = 'a: 1\nspec:\n  b: 2\nlist:\n  - x\n  - name: y\nagain: {}\n';
    const withAlias = 'a: 1\nspec:\n  b: 2\nlist: [x,\n  &two\n    {name: y}]\nagain: *two\nmerged: {<<: *two}\n';
    const isAliased = pointer.startsWith('/again') || pointer.startsWith('/merged');
    const found = first(isAliased ? withAlias : simple).locate(pointer);
    expect(found).toEqual(isAliased ? { line: 6, column: 6 } : place);
  });

  it('makes keys of names that objects inherit', () => {
    const document = first('__proto__: {privileged: true}\nconstructor: 1\n');
    expect(Object.keys(document.value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { privileged?: boolean }).privileged).toBeUndefined();
  });

  const bomb = `a: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`).join('\n')}\n`;
  const aliasTower = `a: &a0 [x]\n${Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`).join('\n')}\n`;
  it.each([
    { name: 'an alias bomb', text: bomb, says: /aliases repeat more than 200000 values/ },
    { name: 'nesting', text: '['.repeat(1_000_000), says: /nesting exceeded/ },
    { name: 'nesting by aliases', text: aliasTower, says: /nested deeper than 200 levels/ },
    { name: 'a value that contains itself', text: 'a: &a [*a]\n', says: /\*a is part of what it stands for/ },
    { name: 'a key that is a mapping', text: '? {a: 1}\n: 2\n', says: /a key must be text/ },
    { name: 'a merge of text', text: 'a: {<<: text}\n', says: /merge key/ },
    { name: 'control characters', text: 'a: "\u0000"\n', says: /not YAML/ },
  ])('refuses $name without a hang, and reads the next document', ({ text, says }) => {
    const startMs = performance.now();
    expect(values(`${text}\n---\nnext: 1\n`)).toEqual([expect.stringMatching(says), { next: 1 }]);
    // Milliseconds where it is right, minutes where it is not; a busy machine lies between.
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  it('stops at the highest number of documents and says so', () => {
    const entries = read('a: 1\n---\n'.repeat(5), { ...DEFAULT_LIMITS, maxDocuments: 3 });
    expect(entries.map(({ kind }) => kind)).toEqual(['document', 'document', 'document', 'error']);
  });

  it('reads back any JSON and locates every value of it', () => {
    const pointers = (value: unknown, base = ''): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, child]) => {
            const path = `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
            return [path, ...pointers(child, path)];
          })
        : [];
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 }), (value) => {
        const text = JSON.stringify(value, null, 2);
        const document = first(text);
        expect(document.value).toEqual(JSON.parse(text));
        for (const pointer of pointers(value)) {
          const { line, column } = document.locate(pointer);
          const rest = text
            .split('\n')
            .slice(line - 1)
            .join('\n')
            .slice(column - 1);
          const key = pointer.slice(pointer.lastIndexOf('/') + 1);
          const parent = valueAt(value, pointer.slice(0, pointer.lastIndexOf('/')));
          const expected = Array.isArray(parent)
            ? JSON.stringify(valueAt(value, pointer)).slice(0, 1)
            : JSON.stringify(key.replaceAll('~1', '/').replaceAll('~0', '~'));
          expect(rest.startsWith(expected)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '<<: ',
      '|\n',
      '"',
      "'",
      '---\n',
      '...\n',
      '%',
      '!!int ',
      '\t',
      '? ',
      '#',
      ',',
      '\r',
      '>',
      '0',
      '~',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const entry of read(pieces.join(''))) if (entry.kind === 'document') entry.locate('/a/0/b');
      }),
      { numRuns: 2000 },
    );
  });
});
