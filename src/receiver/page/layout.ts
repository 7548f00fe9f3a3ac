import { VERSION } from '../../conventions/index.ts';
import { type Html, html, NOTHING, pageFrame } from '../../web/index.ts';
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
  pageFrame({
    title,
    brand: 'Bellwether alerts',
    top: html` <a href="/mitigations">Mitigations</a><span class="spacer"></span>${account(identity, csrf)}`,
    content,
    footer: `Bellwether ${VERSION}. Times are UTC. A verdict can be taken back at any time.`,
  });

/** A page that says one thing. */
export const message = (title: string, text: string): Html =>
  html`<section class="empty"><h1>${title}</h1><p>${text}</p><p><a class="button" href="/">All alerts</a></p></section>`;
