export { createRouteBook } from './route/route-book.ts';
export { createDecoyApp } from './serve/decoy-app.ts';
