import { VERSION } from '../../conventions/index.ts';
import { type Html, html, NOTHING } from '../../web/index.ts';
import type { Identity } from '../auth/identity.ts';

export interface PageInput {
  readonly title: string;
  readonly identity: Identity | undefined;
  readonly csrf: string;
  readonly content: Html;
}

const account = (identity: Identity | undefined, csrf: string): Html =>
  identity === undefined
    ? NOTHING
    : html`<form method="post" action="/logout" class="inline"><input type="hidden" name="csrf" value="${csrf}"><span class="quiet">${identity.name}, ${identity.role}</span> <button type="submit" class="plain">Log out</button></form>`;

/** The frame of every page. There is no script: everything works by links and forms. */
export const page = ({ title, identity, csrf, content }: PageInput): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<header class="top"><a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28">Bellwether alerts</a> <a href="/mitigations">Mitigations</a><span class="spacer"></span>${account(identity, csrf)}</header>
<main id="content">${content}</main>
<footer>${`Bellwether ${VERSION}. Times are UTC. A verdict can be taken back at any time.`}</footer>
</body>
</html>
`.markup;

/** A page that says one thing. */
export const message = (title: string, text: string): Html =>
  html`<section class="empty"><h1>${title}</h1><p>${text}</p><p><a class="button" href="/">All alerts</a></p></section>`;
