import type { ErrorRequestHandler } from 'express';
import { toBellwetherError } from '../../platform/index.ts';
import type { Show } from './forms.ts';
import { message } from './layout.ts';

const TITLES: Readonly<Record<string, string>> = {
  not_found: 'There is no such thing',
  invalid_input: 'Something is missing or wrong',
  forbidden: 'This is not permitted',
  conflict: 'This was done before, or is too late',
  overloaded: 'Too much at once',
  not_ready: 'Not ready',
};

/** An error as a page; who is not logged in is led to the login. Programs get theirs as JSON. */
export const answerWithPage =
  (show: Show): ErrorRequestHandler =>
  (thrown, request, response, next) => {
    const error = toBellwetherError(thrown);
    if (response.headersSent || error.code === 'internal' || request.path.startsWith('/api/')) {
      next(thrown);
      return;
    }
    if (error.code === 'unauthorized' && request.method === 'GET') {
      response.redirect(303, '/login');
      return;
    }
    response.status(error.httpStatus);
    const title = TITLES[error.code] ?? 'This did not work';
    show(request, response, `${title} – Bellwether`, message(title, error.message));
  };
