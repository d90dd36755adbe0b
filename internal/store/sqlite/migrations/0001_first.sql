-- +goose Up

CREATE TABLE instance (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  uuid       TEXT    NOT NULL,
  epoch      INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE campaigns (
  id         INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL UNIQUE,
  public_key TEXT    NOT NULL UNIQUE,
  timetable  TEXT    NOT NULL,
  outline    TEXT    NOT NULL,
  definition BLOB    NOT NULL DEFAULT x'',
  floor      INTEGER NOT NULL DEFAULT 0,
  paused_at  INTEGER,
  closed_at  INTEGER,
  stopped_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE issues (
  id          INTEGER PRIMARY KEY,
  campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
  name        TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (campaign_id, name)
) STRICT;

CREATE TABLE contents (
  id         INTEGER PRIMARY KEY,
  hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
  bytes      BLOB    NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE images (
  id         INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL UNIQUE,
  type       TEXT    NOT NULL CHECK (type IN ('image/png', 'image/jpeg', 'image/gif')),
  bytes      BLOB    NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE approvals (
  id          INTEGER PRIMARY KEY,
  issue_id    INTEGER NOT NULL REFERENCES issues (id),
  content_id  INTEGER NOT NULL REFERENCES contents (id),
  approved_by TEXT    NOT NULL,
  approved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX approvals_by_issue ON approvals (issue_id, id);

CREATE TABLE batches (
  id          INTEGER PRIMARY KEY,
  file        TEXT    NOT NULL,
  file_hash   BLOB    NOT NULL,
  report      TEXT,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;

CREATE TABLE consents (
  id        INTEGER PRIMARY KEY,
  source    TEXT    NOT NULL CHECK (source IN ('import', 'admin', 'confirmed')),
  statement TEXT    NOT NULL,
  batch_id  INTEGER REFERENCES batches (id),
  given_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE subscribers (
  id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never given out again: links carry it
  email         TEXT    NOT NULL,
  email_key     TEXT    NOT NULL UNIQUE,
  email_hash    BLOB    NOT NULL CHECK (length(email_hash) = 16),
  name          TEXT    NOT NULL DEFAULT '',
  timezone      TEXT    NOT NULL DEFAULT '',
  attributes    TEXT    NOT NULL DEFAULT '{}',
  consent_id    INTEGER REFERENCES consents (id),
  batch_id      INTEGER REFERENCES batches (id),
  suppressed_at INTEGER,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  revision      INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE suppressions (
  hash          BLOB    PRIMARY KEY CHECK (length(hash) = 16),
  reason        TEXT    NOT NULL CHECK (reason IN ('reader', 'admin', 'bounce', 'complaint', 'erased')),
  suppressed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enrollments (
  id            INTEGER PRIMARY KEY AUTOINCREMENT, -- likewise
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
  campaign_id   INTEGER NOT NULL REFERENCES campaigns (id),
  state         TEXT    NOT NULL CHECK (state IN ('pending', 'active', 'finished', 'left')),
  start         TEXT    NOT NULL CHECK (start IN ('on-join', 'at-slot')),
  invited_at    INTEGER,
  joined_at     INTEGER,
  floor         INTEGER,
  paused_at     INTEGER,
  paused_until  INTEGER,
  pace          INTEGER NOT NULL DEFAULT 1 CHECK (pace > 0),
  asked_at      INTEGER,
  follows_id    INTEGER REFERENCES enrollments (id),
  continues     INTEGER NOT NULL DEFAULT 0 CHECK (continues IN (0, 1)),
  next_at       INTEGER,
  held_at       INTEGER,
  finished_at   INTEGER,
  left_at       INTEGER,
  left_reason   TEXT    CHECK (left_reason IN ('reader', 'admin', 'stopped', 'restarted', 'suppressed')),
  consent_id    INTEGER REFERENCES consents (id),
  batch_id      INTEGER REFERENCES batches (id),
  revision      INTEGER NOT NULL DEFAULT 1,
  CHECK ((state = 'left') = (left_at IS NOT NULL AND left_reason IS NOT NULL)),
  CHECK (state = 'pending' OR state = 'left' OR joined_at IS NOT NULL),
  CHECK (state <> 'finished' OR finished_at IS NOT NULL),
  CHECK ((paused_at IS NULL) = (paused_until IS NULL)),
  CHECK (follows_id < id),
  CHECK (continues = 0 OR follows_id IS NOT NULL),
  CHECK (next_at IS NULL OR (state IN ('pending', 'active') AND held_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX enrollments_open ON enrollments (subscriber_id, campaign_id) WHERE state <> 'left';
CREATE INDEX enrollments_by_subscriber ON enrollments (subscriber_id);
CREATE INDEX enrollments_by_earlier ON enrollments (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX enrollments_by_campaign ON enrollments (campaign_id, state);
CREATE INDEX enrollments_due ON enrollments (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE zones (
  id   INTEGER PRIMARY KEY,
  name TEXT    NOT NULL UNIQUE
) STRICT;

-- There are far more deliveries than anything else, so every byte counts: the
-- zone is a number, and slot_offset is what lies between the slot's wall time
-- and its instant, in milliseconds.
CREATE TABLE deliveries (
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  issue_id      INTEGER NOT NULL REFERENCES issues (id),
  state         TEXT    NOT NULL CHECK (state IN ('planned', 'claimed', 'sending', 'sent', 'deferred', 'refused', 'skipped', 'unknown')),
  reason        TEXT    CHECK (reason IN ('left', 'suppressed', 'behind', 'removed', 'recipient', 'message', 'gave-up')),
  slot_wall     INTEGER,
  slot_zone     INTEGER REFERENCES zones (id),
  slot_offset   INTEGER,
  moves         INTEGER NOT NULL DEFAULT 0,
  send_by       INTEGER,
  attempt       INTEGER NOT NULL DEFAULT 0,
  owner         INTEGER,
  wake_at       INTEGER,
  content_id    INTEGER REFERENCES contents (id),
  merge         TEXT,
  marked_at     INTEGER,
  remarked_at   INTEGER,
  local_date    INTEGER,
  sent_at       INTEGER,
  reply         TEXT,
  PRIMARY KEY (enrollment_id, issue_id),
  CHECK ((state IN ('claimed', 'sending', 'deferred')) = (wake_at IS NOT NULL)),
  CHECK ((state IN ('claimed', 'sending')) = (owner IS NOT NULL)),
  CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
  CHECK (state NOT IN ('sending', 'sent', 'unknown') OR marked_at IS NOT NULL),
  CHECK ((state IN ('refused', 'skipped')) = (reason IS NOT NULL)),
  CHECK ((slot_wall IS NULL) = (slot_zone IS NULL) AND (slot_wall IS NULL) = (slot_offset IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deliveries_open ON deliveries (enrollment_id) WHERE state IN ('planned', 'claimed', 'sending', 'deferred');
CREATE INDEX deliveries_awake ON deliveries (state, wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX deliveries_unknown ON deliveries (state) WHERE state = 'unknown';

CREATE TABLE attempts (
  id            INTEGER PRIMARY KEY,
  enrollment_id INTEGER NOT NULL,
  issue_id      INTEGER NOT NULL,
  attempt       INTEGER NOT NULL,
  class         TEXT    NOT NULL CHECK (class IN ('accepted', 'refused-recipient', 'refused-message', 'refused-sender', 'deferred', 'throttled', 'transport', 'unknown')),
  phase         TEXT    NOT NULL,
  code          INTEGER NOT NULL,
  enhanced      TEXT    NOT NULL,
  reply         TEXT    NOT NULL,
  tried_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_by_delivery ON attempts (enrollment_id, issue_id);
