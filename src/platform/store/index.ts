export * from './database.ts';
export * from './group-commit.ts';
export * from './migrations.ts';
export { openPostgresDatabase } from './postgres-database.ts';
export { openSqliteDatabase } from './sqlite-database.ts';
