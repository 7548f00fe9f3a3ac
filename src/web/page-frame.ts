import { type Html, html, NOTHING } from './html.ts';

/** What differs between the pages of our processes. */
export interface PageFrame {
  readonly title: string;
  /** Beside the icon; a link to the first page. */
  readonly brand: string;
  /** Right of the brand. */
  readonly top?: Html;
  readonly content: Html;
  readonly footer: string;
  /** Address of a script, and the seconds between two looks for something new that it reads from the page. */
  readonly script?: { readonly src: string; readonly refreshSeconds: number };
}

/** A whole page: one look for all of them, icon and stylesheet from `/assets`. */
export const pageFrame = ({ title, brand, top = NOTHING, content, footer, script }: PageFrame): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
${script ? html`<script src="${script.src}" defer></script>\n` : NOTHING}</head>
${script ? html`<body data-refresh-seconds="${script.refreshSeconds}">` : html`<body>`}
<header class="top"><a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28">${brand}</a>${top}</header>
<main id="content">${content}</main>
<footer>${footer}</footer>
</body>
</html>
`.markup;
