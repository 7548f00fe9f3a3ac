import type { Migration } from '../../platform/index.ts';

/**
 * The tables of the receiver, in steps that never change once released. Times are unix milliseconds; what only travels is JSON in a text.
 * An alert is one stretch of firing: the same fingerprint that fires again later is another one.
 */
export const RECEIVER_SCHEMA: readonly Migration[] = [
  {
    about: 'alerts, silences, verdicts, links, audit',
    statements: [
      'CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
      `CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        status TEXT NOT NULL,
        starts_ms BIGINT NOT NULL,
        ends_ms BIGINT,
        end_reason TEXT,
        alertname TEXT NOT NULL,
        namespace TEXT NOT NULL,
        workload TEXT NOT NULL,
        workload_kind TEXT NOT NULL,
        severity TEXT NOT NULL,
        labels TEXT NOT NULL,
        annotations TEXT NOT NULL,
        generator_url TEXT NOT NULL,
        receiver TEXT NOT NULL,
        external_url TEXT NOT NULL,
        silenced_by TEXT NOT NULL,
        received_ms BIGINT NOT NULL,
        seen_ms BIGINT NOT NULL,
        deliveries BIGINT NOT NULL,
        verdict TEXT,
        judged_ms BIGINT,
        evidence TEXT,
        evidence_tries BIGINT NOT NULL,
        evidence_due_ms BIGINT
      )`,
      'CREATE INDEX alerts_by_fingerprint ON alerts (fingerprint, starts_ms)',
      'CREATE INDEX alerts_by_start ON alerts (starts_ms, id)',
      'CREATE INDEX alerts_by_status ON alerts (status, starts_ms, id)',
      'CREATE INDEX alerts_by_end ON alerts (ends_ms)',
      'CREATE INDEX alerts_by_workload ON alerts (namespace, workload, starts_ms, id)',
      'CREATE INDEX alerts_by_name ON alerts (alertname, starts_ms, id)',
      'CREATE INDEX alerts_by_verdict ON alerts (verdict, starts_ms, id)',
      'CREATE INDEX alerts_by_evidence ON alerts (evidence_due_ms)',
      `CREATE TABLE silences (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        matchers TEXT NOT NULL,
        starts_ms BIGINT NOT NULL,
        ends_ms BIGINT NOT NULL,
        updated_ms BIGINT NOT NULL,
        created_by TEXT NOT NULL,
        comment TEXT NOT NULL,
        annotations TEXT NOT NULL,
        word TEXT,
        seen_ms BIGINT NOT NULL
      )`,
      'CREATE TABLE silenced_alerts (silence_id TEXT NOT NULL, alert_id TEXT NOT NULL, since_ms BIGINT NOT NULL, PRIMARY KEY (silence_id, alert_id))',
      `CREATE TABLE verdict_log (
        sequence BIGINT PRIMARY KEY,
        kind TEXT NOT NULL,
        verdict_id TEXT NOT NULL,
        word TEXT NOT NULL,
        source TEXT NOT NULL,
        namespace TEXT NOT NULL,
        workload TEXT NOT NULL,
        author TEXT NOT NULL,
        weight DOUBLE PRECISION NOT NULL,
        given_ms BIGINT NOT NULL,
        expires_ms BIGINT,
        alert_id TEXT,
        silence_id TEXT,
        parent TEXT,
        undone_ms BIGINT,
        body TEXT NOT NULL
      )`,
      'CREATE UNIQUE INDEX verdict_log_by_id ON verdict_log (verdict_id, kind)',
      'CREATE INDEX verdict_log_by_alert ON verdict_log (alert_id)',
      'CREATE INDEX verdict_log_by_author ON verdict_log (author, given_ms)',
      'CREATE INDEX verdict_log_by_workload ON verdict_log (namespace, workload, given_ms)',
      'CREATE INDEX verdict_log_by_parent ON verdict_log (parent)',
      `CREATE TABLE masks (
        id TEXT PRIMARY KEY,
        namespace TEXT NOT NULL,
        workload TEXT NOT NULL,
        workload_kind TEXT NOT NULL,
        from_ms BIGINT NOT NULL,
        to_ms BIGINT NOT NULL,
        reason TEXT NOT NULL,
        author TEXT NOT NULL
      )`,
      'CREATE TABLE used_links (id TEXT PRIMARY KEY, used_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL)',
      `CREATE TABLE audit (
        sequence BIGINT PRIMARY KEY,
        at_ms BIGINT NOT NULL,
        who TEXT NOT NULL,
        role TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        details TEXT NOT NULL
      )`,
      'CREATE TABLE notices (id TEXT PRIMARY KEY, channel TEXT NOT NULL, state TEXT NOT NULL, tries BIGINT NOT NULL, due_ms BIGINT NOT NULL, made_ms BIGINT NOT NULL, body TEXT NOT NULL)',
      'CREATE INDEX notices_by_due ON notices (state, due_ms)',
    ],
  },
  {
    about: 'what mitigations did',
    statements: [
      `CREATE TABLE mitigations (
        id TEXT PRIMARY KEY,
        alert_id TEXT,
        phase TEXT NOT NULL,
        updated_ms BIGINT NOT NULL,
        body TEXT NOT NULL
      )`,
      'CREATE INDEX mitigations_by_alert ON mitigations (alert_id)',
    ],
  },
];
