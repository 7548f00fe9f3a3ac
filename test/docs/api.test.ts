import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../src/exporter/api/openapi.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const { paths } = openApiDocument();

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

describe('docs/api.md', () => {
  it('names every route and no other', () => {
    const named = [...page.matchAll(/`((?:GET|POST) \/api\/v1\/[^`]+)`/g)].map(([, route]) => String(route));
    // The document does not list itself.
    const expected = [...operations.map(({ route }) => route), 'GET /api/v1/openapi.json'];
    expect([...new Set(named)].sort()).toEqual(expected.sort());
  });

  it.each(operations)('has the parameters of $route', ({ operation: { parameters = [] } }) => {
    expect(parameters.map(({ name }) => name).filter((name) => name !== 'workload' && !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(operations)('has the error statuses of $route', ({ operation: { responses } }) => {
    const errors = Object.keys(responses).filter((status) => status >= '400');
    expect(errors.filter((status) => !page.includes(`| ${status} | \``))).toEqual([]);
  });
});
