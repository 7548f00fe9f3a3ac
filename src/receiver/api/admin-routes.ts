import { Router } from 'express';
import { formatTime, openReadStream, removeTree, temporaryFolder, validate } from '../../platform/index.ts';
import { checked, typedQuery } from '../../web/index.ts';
import { identityOf } from '../auth/guard.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { appendAudit, findAudit } from '../store/audit-store.ts';
import { receiverOpenApi } from './openapi.ts';
import { AUDIT_QUERY } from './schemas.ts';

/** The audit log, and a consistent copy of the store. */
export const createAdminRoutes = ({ guard, database, commit, clock, config }: ReceiverParts): Router => {
  const router = Router();
  const admin = guard.require('admin');

  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(receiverOpenApi());
  });

  router.get('/api/v1/audit', admin, async (request, response) => {
    const result = validate(AUDIT_QUERY, typedQuery(AUDIT_QUERY.properties, request.query), { defaults: true });
    const { limit, before } = checked(result);
    const lines = await findAudit(database, { limit, ...(before === undefined ? {} : { before }) });
    response.json({
      entries: lines.map(({ atMs, ...line }) => ({ ...line, atSeconds: atMs / 1000 })),
      next: lines.length === limit ? (lines.at(-1)?.sequence ?? null) : null,
    });
  });

  router.get('/api/v1/backup', admin, async (request, response) => {
    const { name, role } = identityOf(request);
    // Beside the store: a temporary folder elsewhere may be too small.
    const folder = await temporaryFolder(config().store.path ?? '');
    try {
      const path = `${folder}/backup.db`;
      await database.backup(path);
      await commit.write((tx) =>
        appendAudit(tx, { atMs: clock.nowMs(), who: name, role, action: 'store.backup', subject: 'store', details: {} }),
      );
      const stamp = formatTime(clock.nowMs()).replaceAll(':', '-');
      response.set({ 'Content-Type': 'application/vnd.sqlite3', 'Content-Disposition': `attachment; filename="bellwether-${stamp}.db"` });
      for await (const chunk of openReadStream(path))
        if (!response.write(chunk) && !response.closed) await new Promise((done) => response.once('drain', done));
      response.end();
    } finally {
      await removeTree(folder);
    }
  });
  return router;
};
