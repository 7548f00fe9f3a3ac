// `npm run docs` writes the generated pages, `npm run docs -- --check` says which ones are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PAGES } from './pages.ts';

const urlOf = (path: string): URL => new URL(`../${path}`, import.meta.url);
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const read = (path: string): string => {
  try {
    return readFileSync(urlOf(path), 'utf8');
  } catch {
    return '';
  }
};

const stale = PAGES.filter(({ path, render }) => read(path) !== render());
if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is stale: npm run docs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, render } of stale) {
    mkdirSync(urlOf(folderOf(path)), { recursive: true });
    writeFileSync(urlOf(path), render());
  }
  console.log(stale.length > 0 ? `written: ${stale.map(({ path }) => path).join(', ')}` : 'all pages are fresh');
}
