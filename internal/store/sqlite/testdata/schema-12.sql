PRAGMA foreign_keys = OFF;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE instance (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  uuid       TEXT    NOT NULL,
  epoch      INTEGER NOT NULL,
  created_at INTEGER NOT NULL
, advanced_at  INTEGER, held_at      INTEGER, held_reason  TEXT CHECK (held_reason IN ('behind', 'vanished', 'foreign', 'unreadable', 'journal', 'gap', 'operator')), journal_size INTEGER NOT NULL DEFAULT 0) STRICT;
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
, pause_reason TEXT) STRICT;
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
CREATE TABLE batches (
  id          INTEGER PRIMARY KEY,
  file        TEXT    NOT NULL,
  file_hash   BLOB    NOT NULL,
  report      TEXT,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER
, who       TEXT    NOT NULL DEFAULT '', asked     TEXT, columns   TEXT, position  INTEGER NOT NULL DEFAULT 0, added     INTEGER NOT NULL DEFAULT 0, updated   INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0, withheld  INTEGER NOT NULL DEFAULT 0, enrolled  INTEGER NOT NULL DEFAULT 0, pending   INTEGER NOT NULL DEFAULT 0, had_left  INTEGER NOT NULL DEFAULT 0, undone_at INTEGER, former INTEGER NOT NULL DEFAULT 0, kept_out INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE consents (
  id        INTEGER PRIMARY KEY,
  source    TEXT    NOT NULL CHECK (source IN ('import', 'admin', 'confirmed')),
  statement TEXT    NOT NULL,
  batch_id  INTEGER REFERENCES batches (id),
  given_at  INTEGER NOT NULL
, form_id  INTEGER REFERENCES forms (id), network  TEXT, asked_at INTEGER, stated_id INTEGER REFERENCES consents (id)) STRICT;
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
, moved_at INTEGER, chosen INTEGER NOT NULL DEFAULT 0 CHECK (chosen BETWEEN 0 AND 3)) STRICT;
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
  revision      INTEGER NOT NULL DEFAULT 1, left_why TEXT CHECK (left_why IN ('too-often', 'not-for-me', 'never-asked', 'had-enough', 'elsewhere')),
  CHECK ((state = 'left') = (left_at IS NOT NULL AND left_reason IS NOT NULL)),
  CHECK (state = 'pending' OR state = 'left' OR joined_at IS NOT NULL),
  CHECK (state <> 'finished' OR finished_at IS NOT NULL),
  CHECK ((paused_at IS NULL) = (paused_until IS NULL)),
  CHECK (follows_id < id),
  CHECK (continues = 0 OR follows_id IS NOT NULL),
  CHECK (next_at IS NULL OR (state IN ('pending', 'active') AND held_at IS NULL))
) STRICT;
CREATE TABLE zones (
  id   INTEGER PRIMARY KEY,
  name TEXT    NOT NULL UNIQUE
) STRICT;
CREATE TABLE deliveries (
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  issue_id      INTEGER NOT NULL REFERENCES issues (id),
  state         TEXT    NOT NULL CHECK (state IN ('planned', 'claimed', 'sending', 'sent', 'deferred', 'refused', 'skipped', 'unknown')),
  reason        TEXT    CHECK (reason IN ('left', 'suppressed', 'behind', 'removed', 'recipient', 'message', 'gave-up', 'not-for-them')),
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
CREATE TABLE server (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  owner      INTEGER NOT NULL,
  pid        INTEGER NOT NULL,
  host       TEXT    NOT NULL,
  machine    TEXT    NOT NULL,
  beat       INTEGER NOT NULL,
  started_at INTEGER NOT NULL
) STRICT;
CREATE TABLE relay_days (
  relay  TEXT    NOT NULL,
  day    INTEGER NOT NULL,
  marked INTEGER NOT NULL,
  PRIMARY KEY (relay, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE phrases (
  code TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE forms (
  id      INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  text    TEXT NOT NULL,
  UNIQUE (version, text)
) STRICT;
CREATE TABLE requests (
  enrollment_id INTEGER PRIMARY KEY REFERENCES enrollments (id) ON DELETE CASCADE,
  form_id       INTEGER NOT NULL REFERENCES forms (id),
  network       TEXT    NOT NULL,
  name          TEXT    NOT NULL,
  timezone      TEXT    NOT NULL,
  invited       INTEGER NOT NULL CHECK (invited IN (0, 1)),
  asked_at      INTEGER NOT NULL
) STRICT;
CREATE TABLE signup_counts (
  id         INTEGER PRIMARY KEY,
  network    TEXT    NOT NULL,
  address    TEXT,
  domain     TEXT,
  counted_at INTEGER NOT NULL
) STRICT;
CREATE TABLE former_addresses (
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
  hash          BLOB    NOT NULL CHECK (length(hash) = 16),
  PRIMARY KEY (subscriber_id, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE notices (
  id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never given out again: links carry it
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  kind          TEXT    NOT NULL CHECK (kind IN ('private', 'address')),
  email         TEXT,
  email_key     TEXT,
  asked_at      INTEGER NOT NULL,
  wake_at       INTEGER,
  tries         INTEGER NOT NULL DEFAULT 0,
  closed_at     INTEGER,
  CHECK ((kind = 'address') = (email IS NOT NULL AND email_key IS NOT NULL)),
  CHECK (wake_at IS NULL OR closed_at IS NULL)
) STRICT;
CREATE TABLE tags (
  id   INTEGER PRIMARY KEY,
  name TEXT    NOT NULL UNIQUE
) STRICT;
CREATE TABLE subscriber_tags (
  tag_id        INTEGER NOT NULL REFERENCES tags (id),
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
  PRIMARY KEY (tag_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE rejects (
  batch_id INTEGER NOT NULL REFERENCES batches (id),
  line     INTEGER NOT NULL,
  reason   TEXT    NOT NULL,
  cells    TEXT,
  PRIMARY KEY (batch_id, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE mentions (
  subscriber_id INTEGER PRIMARY KEY REFERENCES subscribers (id) ON DELETE CASCADE,
  batch_id      INTEGER NOT NULL REFERENCES batches (id)
) STRICT;
CREATE TABLE told_values (
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  batch_id      INTEGER NOT NULL REFERENCES batches (id),
  told          TEXT    NOT NULL,
  PRIMARY KEY (subscriber_id, batch_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE told_tags (
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  tag_id        INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  batch_id      INTEGER NOT NULL REFERENCES batches (id),
  PRIMARY KEY (subscriber_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  at            INTEGER NOT NULL,
  who           TEXT    NOT NULL,
  what          TEXT    NOT NULL,
  batch_id      INTEGER,
  campaign_id   INTEGER,
  subscriber_id INTEGER,
  people        INTEGER,
  detail        TEXT
) STRICT;
CREATE TABLE audit_notes (
  audit_id INTEGER PRIMARY KEY REFERENCES audit (id),
  hash     BLOB    NOT NULL CHECK (length(hash) = 16),
  reason   TEXT    NOT NULL
) STRICT;
CREATE TABLE leavings (
  hash        BLOB    NOT NULL CHECK (length(hash) = 16),
  campaign    TEXT    NOT NULL, -- its public key
  left_reason TEXT    NOT NULL CHECK (left_reason IN ('reader', 'admin')),
  left_at     INTEGER NOT NULL,
  PRIMARY KEY (hash, campaign)
) STRICT, WITHOUT ROWID;
CREATE TABLE issue_tallies (
  issue_id INTEGER NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
  block    INTEGER NOT NULL,
  sent     INTEGER NOT NULL,
  late     INTEGER NOT NULL,
  refused  INTEGER NOT NULL,
  skipped  INTEGER NOT NULL,
  latest   INTEGER NOT NULL,
  PRIMARY KEY (issue_id, block)
) STRICT, WITHOUT ROWID;
CREATE TABLE reader_tallies (
  campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  state       TEXT    NOT NULL,
  left_reason TEXT    NOT NULL, -- '' unless they left
  timezone    TEXT    NOT NULL,
  readers     INTEGER NOT NULL,
  PRIMARY KEY (campaign_id, state, left_reason, timezone)
) STRICT, WITHOUT ROWID;
CREATE TABLE departures (
  enrollment_id INTEGER PRIMARY KEY REFERENCES enrollments (id) ON DELETE CASCADE,
  campaign_id   INTEGER NOT NULL REFERENCES campaigns (id),
  issue_id      INTEGER REFERENCES issues (id)
) STRICT;
CREATE TABLE campaign_suppressions (
  hash          BLOB    NOT NULL CHECK (length(hash) = 16),
  campaign      TEXT    NOT NULL CHECK (campaign <> ''), -- its public key
  reason        TEXT    NOT NULL CHECK (reason IN ('reader', 'admin', 'bounce', 'complaint')),
  suppressed_at INTEGER NOT NULL,
  PRIMARY KEY (hash, campaign)
) STRICT, WITHOUT ROWID;
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (1, 0, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (10, 9, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (11, 10, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (12, 11, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (13, 12, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (2, 1, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (3, 2, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (4, 3, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (5, 4, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (6, 5, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (7, 6, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (8, 7, 1, '2026-11-29 13:09:53');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (9, 8, 1, '2026-11-29 13:09:53');
INSERT INTO instance (id, uuid, epoch, created_at, advanced_at, held_at, held_reason, journal_size) VALUES (1, '62a8baac-8f3d-47b6-9cb7-1cd2c354ca82', 8, 1700000000000, 1772528400000, 1777626000000, 'operator', 120);
INSERT INTO campaigns (id, name, public_key, timetable, outline, definition, floor, paused_at, closed_at, stopped_at, created_at, pause_reason) VALUES (1, 'letters', 'k1', 'tuesdays', 'a b c', X'', 1772528400000, NULL, NULL, NULL, 1772528400000, NULL);
INSERT INTO campaigns (id, name, public_key, timetable, outline, definition, floor, paused_at, closed_at, stopped_at, created_at, pause_reason) VALUES (2, 'other', 'k2', 'tuesdays', 'a b c', X'7B227469746C65223A224F74686572227D', 1772528400000, 1772528400000, 1772528400000, NULL, 1772528400000, 'the relay refused 11 of the first 37 messages');
INSERT INTO campaigns (id, name, public_key, timetable, outline, definition, floor, paused_at, closed_at, stopped_at, created_at, pause_reason) VALUES (3, 'stopped', 'k3', 'tuesdays', 'a b c', X'', 1772528400000, NULL, 1772532000000, 1772532000000, 1772528400000, NULL);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (1, 1, '_confirmation', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (10, 3, 'a', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (11, 3, 'b', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (12, 3, 'c', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (2, 1, 'a', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (3, 1, 'b', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (4, 1, 'c', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (5, 2, '_confirmation', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (6, 2, 'a', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (7, 2, 'b', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (8, 2, 'c', 1772528400000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES (9, 3, '_confirmation', 1772528400000);
INSERT INTO contents (id, hash, bytes, created_at) VALUES (1, X'7692C3AD3540BB803C020B3AEE66CD8887123234EA0C6E7143C0ADD73FF431ED', X'6F6E65', 1772528400000);
INSERT INTO images (id, name, type, bytes, created_at) VALUES (1, '1f.png', 'image/png', X'89504E47', 1772528400000);
INSERT INTO approvals (id, issue_id, content_id, approved_by, approved_at) VALUES (1, 6, 1, 'ada', 1772528400000);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (1, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1772528400000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (10, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775556000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (11, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775556000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (12, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (13, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (14, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (15, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (16, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (17, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (18, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (19, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (2, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', '{"rows":1}', 1772528400000, 1772528400000, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (20, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (21, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (22, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775559600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (23, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (24, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (25, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (26, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (27, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (28, '-', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (29, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (3, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1772528400000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (30, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (31, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (32, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (33, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (34, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (35, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (36, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775563200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (37, 'list.csv', X'0100000000000000000000000000000000000000000000000000000000000000', '{"rows":3}', 1775566800000, 1775566800000, 'ada', '{"map":["Mail=email"]}', '["email","name"]', 3, 2, 0, 0, 0, 0, 2, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (38, 'list.csv', X'0100000000000000000000000000000000000000000000000000000000000000', NULL, 1775566800000, NULL, 'ada', '{"map":["Mail=email"]}', '["email"]', 1, 0, 0, 1, 0, 0, 0, 0, 1775566800000, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (39, 'list.csv', X'0100000000000000000000000000000000000000000000000000000000000000', NULL, 1775566800000, NULL, 'ada', '{"map":["Mail=email"]}', NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (4, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1772528400000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (40, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775566800000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (41, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775566800000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (42, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775566800000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (43, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775566800000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (44, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (45, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (46, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (47, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (48, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (49, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (5, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1772528400000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (50, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1777626000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (6, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1772528400000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (7, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1773133200000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (8, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1773741600000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO batches (id, file, file_hash, report, started_at, finished_at, who, asked, columns, position, added, updated, unchanged, withheld, enrolled, pending, had_left, undone_at, former, kept_out) VALUES (9, 'list.csv', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, 1775556000000, NULL, '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (1, 'import', 'they signed', 1, 1772528400000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (10, 'import', 'they signed', 8, 1773741600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (11, 'import', 'they signed', 9, 1775556000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (12, 'import', 'they signed', 10, 1775556000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (13, 'import', 'they signed', 11, 1775556000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (14, 'import', 'they signed', 12, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (15, 'import', 'they signed', 13, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (16, 'import', 'they signed', 14, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (17, 'import', 'they signed', 15, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (18, 'import', 'they signed', 16, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (19, 'import', 'they signed', 17, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (2, 'import', 'they signed', 2, 1772528400000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (20, 'import', 'they signed', 18, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (21, 'import', 'they signed', 19, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (22, 'import', 'they signed', 20, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (23, 'import', 'they signed', 21, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (24, 'import', 'they signed', 22, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (25, 'confirmed', 'Yes, send it to me.', NULL, 1775559600000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (26, 'import', 'they signed', 23, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (27, 'import', 'they signed', 24, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (28, 'import', 'they signed', 25, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (29, 'import', 'they signed', 26, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (3, 'import', ' (fair)', 2, 1740992400000, NULL, NULL, NULL, 2);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (30, 'import', 'they signed', 27, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (31, 'admin', 'on the phone', 28, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (32, 'confirmed', 'Yes, send it to me.', NULL, 1775563200000, 1, '203.0.113.0/24', 1775563200000, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (33, 'import', 'they signed', 29, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (34, 'confirmed', 'Yes, send it to me.', NULL, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (35, 'import', 'they signed', 30, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (36, 'import', 'they signed', 31, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (37, 'import', 'they signed', 32, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (38, 'import', 'they signed', 33, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (39, 'import', 'they signed', 34, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (4, 'import', 'they signed', 3, 1772528400000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (40, 'import', 'they signed', 35, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (41, 'import', 'they signed', 36, 1775563200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (42, 'import', 'they signed', 37, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (43, 'import', 'they signed', 38, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (44, 'import', 'they signed', 39, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (45, 'import', 'they signed', 40, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (46, 'import', 'they signed', 41, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (47, 'import', 'they signed', 42, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (48, 'import', 'they signed', 43, 1775566800000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (49, 'import', 'they signed', 44, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (5, 'import', 'they signed', 4, 1772528400000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (50, 'import', 'they signed', 45, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (51, 'import', 'they signed', 46, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (52, 'import', 'they signed', 47, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (53, 'import', 'they signed', 48, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (54, 'import', 'they signed', 49, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (55, 'import', 'they signed', 50, 1777626000000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (6, 'import', 'they signed', 5, 1772528400000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (7, 'import', 'they signed', 6, 1772528400000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (8, 'import', 'they signed', 7, 1773133200000, NULL, NULL, NULL, NULL);
INSERT INTO consents (id, source, statement, batch_id, given_at, form_id, network, asked_at, stated_id) VALUES (9, 'confirmed', 'Yes, send it to me.', NULL, 1773738000000, NULL, NULL, NULL, NULL);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (1, 'Reader1@example.org', 'reader1@example.org', X'14AC8A575668F613B257AA6C750DCE65', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (2, 'ola@example.org', 'ola@example.org', X'29595DB7C767051120013CA5124987DC', 'Ola Ö.', 'Pacific/Apia', '{"city":"Leeds"}', 2, 2, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (3, 'una@example.org', 'una@example.org', X'A7FD1AFC9538FC7C47244704BFD08F01', '', '', '{}', 3, 2, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000004, 'Reader2@example.org', 'reader2@example.org', X'EB374F928D966E9DC40A2D1ABF142C86', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000005, 'Reader3@example.org', 'reader3@example.org', X'92AD02E7F40485A0950D7034B18FB12C', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000006, 'Reader4@example.org', 'reader4@example.org', X'571EFCE8B5F73579227F639C0AAA91DD', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000007, 'Reader5@example.org', 'reader5@example.org', X'481B03ABD2C52ABC0CAE3C660ACEE98D', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1772528400000, 1772528400000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000008, 'Reader6@example.org', 'reader6@example.org', X'E443BF85D1347026FBA728BA4C47810E', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1773133200000, 1773133200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000009, 'Reader7@example.org', 'reader7@example.org', X'BDDE74F4B3F4B9B0382659DE23B11820', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1773741600000, 1773741600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000010, 'Reader8@example.org', 'reader8@example.org', X'F1B0B96A892E30A047A727DD142DD6D8', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775556000000, 1775556000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000011, 'Reader9@example.org', 'reader9@example.org', X'49711C18E900EC67A5F1A20840694F7E', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775556000000, 1775556000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000012, 'Reader10@example.org', 'reader10@example.org', X'ECA5604F5782214D7D564228168F4F97', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775556000000, 1775556000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000013, 'Reader11@example.org', 'reader11@example.org', X'7330F74B101DAE9EE92AAB82F6B863C1', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000014, 'Reader12@example.org', 'reader12@example.org', X'E5832ADB4C973138F69216760D38413C', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000015, 'Reader13@example.org', 'reader13@example.org', X'8A58E26A10A3D45CDA24CFB6C95844A6', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000016, 'Reader14@example.org', 'reader14@example.org', X'0E29509628B5559CBCAF5EB2BB1D1ADC', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000017, 'Reader15@example.org', 'reader15@example.org', X'80AB945938E586C80C1C5C7F63516E66', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000018, 'Reader16@example.org', 'reader16@example.org', X'C546EF0B56409866C94944B0C0450553', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000019, 'Reader17@example.org', 'reader17@example.org', X'9975E9639E565261B5B5CD5F074331EB', 'Anna', 'Europe/London', '{}', NULL, NULL, 1775559600000, 1775559600000, 1775559600000, 2, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000020, 'Reader18@example.org', 'reader18@example.org', X'C6EFB87FC03A8522653E61AE97BEAB3B', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000021, 'Reader19@example.org', 'reader19@example.org', X'AF238ACA5D254F53A79F26B2997847CD', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000022, 'Reader20@example.org', 'reader20@example.org', X'A5EAD239DD7C05407FA4876C8DCDFC04', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000023, 'Reader21@example.org', 'reader21@example.org', X'9E31E6D4C12B4AA781B1903586421590', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000024, 'Reader22@example.org', 'reader22@example.org', X'A6648B863B70E680512EA3A874185C5E', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775559600000, 1775559600000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000025, 'Reader23@example.org', 'reader23@example.org', X'4EFE92FBB2A556552216B82D7B9153DD', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000026, 'Reader24@example.org', 'reader24@example.org', X'19D80A8D96955EC401B37FB8D336213D', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000027, 'Reader25@example.org', 'reader25@example.org', X'6910098226ECC580CED721B80964D3A6', 'Anna', 'Europe/London', '{}', NULL, NULL, 1775563200000, 1775563200000, 1775563200000, 2, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000028, 'Reader26@example.org', 'reader26@example.org', X'83B71C095C02C9F4CA2B25D2307F4219', 'Anna', 'Europe/London', '{}', NULL, NULL, 1775563200000, 1775563200000, 1775563200000, 2, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000029, 'Reader27@example.org', 'reader27@example.org', X'9241F22800E83BDA23C6EE074D4E014D', 'Anna', 'Europe/London', '{}', NULL, NULL, 1775563200000, 1775563200000, 1775563200000, 2, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000031, 'phone@example.org', 'phone@example.org', X'C9DD1F3FCF6D24CAA44A802C29324754', '', '', '{}', 31, 28, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000032, 'signed-up@example.org', 'signed-up@example.org', X'D9CC0D579D64DCB3F384AC4F05F0CE12', 'Typed', 'Asia/Tokyo', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 2, NULL, 3);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000033, 'waits@example.org', 'waits@example.org', X'512B92C7478156677468F478245D5870', '', '', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000034, 'Reader29@example.org', 'reader29@example.org', X'B09580AF3321B813FCE1ABE73F9C2220', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000035, 'Reader30@example.org', 'reader30@example.org', X'EF47FB90BDC776B1C2BC192E26515970', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000036, 'Reader31@example.org', 'reader31@example.org', X'FC94EAA6E31A6B40348184F6A975B657', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000037, 'Reader32@example.org', 'reader32@example.org', X'2551336F6ECCA9FA96721153B68C076D', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000038, 'Reader33@example.org', 'reader33@example.org', X'C4136A81B3D6AD8DC8D5931A3BEC5F00', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000039, 'Reader34@example.org', 'reader34@example.org', X'BF5DBBB8A84439AE01FE11C8F88C4D78', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000040, 'populated@example.net', 'populated@example.net', X'FE744B3B86FB56C39D00842C9685004D', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 2, 1775563200000, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000041, 'Reader36@example.org', 'reader36@example.org', X'4B25214670F9F79C569390653DD9022D', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775563200000, 1775563200000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000042, 'olga@example.org', 'olga@example.org', X'0450DE3D14DFA2D080B7743D08227DBF', 'Olga', '', '{}', NULL, 37, NULL, 1775566800000, 1775566800000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000043, 'otto@example.org', 'otto@example.org', X'3BC638868022382980197D3198BB0F69', 'Otto', 'Asia/Tokyo', '{}', NULL, 37, NULL, 1775566800000, 1775566800000, 2, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000046, 'Reader37@example.org', 'reader37@example.org', X'F54934B641D95ABFE76F369CD448247D', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775566800000, 1775566800000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000047, 'Reader38@example.org', 'reader38@example.org', X'341635A3141C52F7C7BB2DD8635BE27B', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775566800000, 1775566800000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000048, 'Reader39@example.org', 'reader39@example.org', X'2B9D456451D94A77D3F03095E0B10B19', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775566800000, 1775566800000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000049, 'Reader40@example.org', 'reader40@example.org', X'61FAD51D20897EB6B66E4D196DC1208A', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775566800000, 1775566800000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000050, 'Reader41@example.org', 'reader41@example.org', X'537F5AF404CB303C9C4037BFC9BC6157', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1775566800000, 1775566800000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000051, 'Reader42@example.org', 'reader42@example.org', X'46CD04599FCD5DB2F4C12452D01C9C18', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000052, 'Reader43@example.org', 'reader43@example.org', X'EAD80CA63DC93BD918DC579D8FAB9CB5', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000053, 'Reader44@example.org', 'reader44@example.org', X'49E2EED2D41C4279E5DE7E7DF86A9F3A', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000054, 'Reader45@example.org', 'reader45@example.org', X'B02BE8ABE9C587A9B80B66C28530F96E', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000055, 'Reader46@example.org', 'reader46@example.org', X'CF80BB6896210050016570A6EBE9036F', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000056, 'Reader47@example.org', 'reader47@example.org', X'D3991FA8A3C98006562E80AF83597EB1', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000057, 'Reader48@example.org', 'reader48@example.org', X'6213F0FC5CCFED734927F3C403C072D1', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, consent_id, batch_id, suppressed_at, created_at, updated_at, revision, moved_at, chosen) VALUES (6000058, 'Reader49@example.org', 'reader49@example.org', X'655F463584F031B75F4DAB6D86C88D16', 'Anna', 'Europe/London', '{}', NULL, NULL, NULL, 1777626000000, 1777626000000, 1, NULL, 0);
INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (X'6910098226ECC580CED721B80964D3A6', 'reader', 1775563200000);
INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (X'83B71C095C02C9F4CA2B25D2307F4219', 'admin', 1775563200000);
INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (X'9241F22800E83BDA23C6EE074D4E014D', 'complaint', 1775563200000);
INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (X'9975E9639E565261B5B5CD5F074331EB', 'bounce', 1775559600000);
INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (X'E5C6BE321E7F1DCB73E69E4205C8F287', 'erased', 1775563200000);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (1, 1, 3, 'left', 'at-slot', NULL, 1772528400000, 1772528400000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1772532000000, 'stopped', 1, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (2, 2, 1, 'active', 'at-slot', NULL, 1772528400000, 1772528400000, NULL, NULL, 1, NULL, NULL, 0, 1772528400000, NULL, NULL, NULL, NULL, 2, 2, 8, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (3, 3, 1, 'active', 'at-slot', NULL, 1772528400000, 1772528400000, NULL, NULL, 1, NULL, NULL, 0, 1772528400000, NULL, NULL, NULL, NULL, 3, 2, 8, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000004, 6000004, 1, 'active', 'on-join', NULL, 1772528400000, 1772528400000, 1772528400000, 1804064400000, 1, NULL, NULL, 0, 1772528400000, NULL, NULL, NULL, NULL, 4, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000005, 6000005, 1, 'active', 'on-join', NULL, 1772528400000, 1772528400000, NULL, NULL, 4, NULL, NULL, 0, 1772528400000, NULL, NULL, NULL, NULL, 5, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000006, 6000006, 1, 'active', 'on-join', NULL, 1772528400000, 1772528400000, NULL, NULL, 1, 1772528400000, NULL, 0, 1772528400000, NULL, NULL, NULL, NULL, 6, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000007, 6000007, 1, 'left', 'on-join', NULL, 1772528400000, 1772528400000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1773133200000, 'restarted', 7, NULL, 4, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000008, 6000007, 1, 'active', 'at-slot', NULL, 1773133200000, 1773133200000, NULL, NULL, 1, NULL, 6000007, 0, 1773133200000, NULL, NULL, NULL, NULL, 7, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000009, 6000008, 1, 'left', 'on-join', NULL, 1773133200000, 1773133200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1773738000000, 'reader', 8, NULL, 4, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000010, 6000008, 1, 'active', 'at-slot', 1773738000000, 1773738000000, 1773738000000, NULL, NULL, 1, NULL, 6000009, 1, 1773738000000, NULL, NULL, NULL, NULL, 9, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000011, 6000009, 1, 'finished', 'on-join', NULL, 1773741600000, 1773741600000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, 1775556000000, NULL, NULL, 10, NULL, 8, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000012, 6000010, 1, 'active', 'on-join', NULL, 1775556000000, 1775556000000, NULL, NULL, 1, NULL, NULL, 0, 1775556000000, NULL, NULL, NULL, NULL, 11, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000013, 6000011, 1, 'active', 'on-join', NULL, 1775556000000, 1775556000000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 12, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000014, 6000012, 1, 'active', 'on-join', NULL, 1775556000000, 1775556000000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 13, NULL, 4, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000015, 6000013, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 14, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000016, 6000014, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 15, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000017, 6000015, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 16, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000018, 6000016, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 17, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000019, 6000017, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 18, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000020, 6000018, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 19, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000021, 6000019, 1, 'left', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775559600000, 'suppressed', 20, NULL, 4, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000022, 6000020, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, NULL, 1775559600000, NULL, NULL, NULL, 21, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000023, 6000021, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, NULL, 1775559600000, NULL, NULL, NULL, 22, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000024, 6000022, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, NULL, 1775559600000, NULL, NULL, NULL, 23, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000025, 6000023, 1, 'active', 'on-join', NULL, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, NULL, 1775559600000, NULL, NULL, NULL, 24, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000026, 6000024, 1, 'active', 'on-join', 1775559600000, 1775559600000, 1775559600000, NULL, NULL, 1, NULL, NULL, 0, 1775559600000, NULL, NULL, NULL, NULL, 25, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000027, 6000025, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 26, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000028, 6000026, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'admin', 27, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000029, 6000027, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'suppressed', 28, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000030, 6000028, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'suppressed', 29, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000031, 6000029, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'suppressed', 30, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000032, 6000032, 1, 'active', 'on-join', 1775563200000, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, 1775563200000, NULL, NULL, NULL, NULL, 32, NULL, 4, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000033, 6000033, 1, 'pending', 'on-join', 1775563200000, NULL, NULL, NULL, NULL, 1, NULL, NULL, 0, 1775563200000, NULL, NULL, NULL, NULL, NULL, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000034, 6000034, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 33, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000035, 6000034, 1, 'active', 'at-slot', NULL, 1775563200001, 1775563200001, NULL, NULL, 1, NULL, 6000034, 1, 1775563200001, NULL, NULL, NULL, NULL, 34, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000036, 6000035, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 35, NULL, 2, 'too-often');
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000037, 6000036, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 36, NULL, 2, 'not-for-me');
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000038, 6000037, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 37, NULL, 2, 'had-enough');
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000039, 6000038, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 38, NULL, 2, 'elsewhere');
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000040, 6000039, 1, 'left', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775563200000, 'reader', 39, NULL, 2, 'never-asked');
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000041, 6000040, 1, 'active', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, 1775563200000, NULL, NULL, NULL, NULL, 40, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000042, 6000041, 1, 'active', 'on-join', NULL, 1775563200000, 1775563200000, NULL, NULL, 1, NULL, NULL, 0, 1775563200000, NULL, NULL, NULL, NULL, 41, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000043, 6000047, 1, 'left', 'on-join', NULL, 1775566800000, 1775566800000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775566800000, 'suppressed', 45, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000044, 6000048, 1, 'left', 'on-join', NULL, 1775566800000, 1775566800000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775566800000, 'suppressed', 46, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000045, 6000049, 1, 'left', 'on-join', NULL, 1775566800000, 1775566800000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775566800000, 'suppressed', 47, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000046, 6000050, 1, 'left', 'on-join', NULL, 1775566800000, 1775566800000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, 1775566800000, 'suppressed', 48, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000047, 6000051, 1, 'pending', 'on-join', 1777626000000, NULL, NULL, NULL, NULL, 1, NULL, NULL, 0, 1777626000000, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000048, 6000052, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 49, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000049, 6000053, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 50, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000050, 6000054, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, 1777626000000, NULL, NULL, NULL, NULL, 51, NULL, 2, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000051, 6000055, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, NULL, 1777626000000, NULL, NULL, NULL, 52, NULL, 1, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000052, 6000056, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, 1777626000000, NULL, NULL, NULL, NULL, 53, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000053, 6000057, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, 1777626060000, NULL, NULL, NULL, NULL, 54, NULL, 3, NULL);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, floor, paused_at, paused_until, pace, asked_at, follows_id, continues, next_at, held_at, finished_at, left_at, left_reason, consent_id, batch_id, revision, left_why) VALUES (6000054, 6000058, 1, 'active', 'on-join', NULL, 1777626000000, 1777626000000, NULL, NULL, 1, NULL, NULL, 0, 1777626120000, NULL, NULL, NULL, NULL, 55, NULL, 3, NULL);
INSERT INTO zones (id, name) VALUES (1, 'Europe/London');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000007, 2, 'sent', NULL, 1772528400, 1, 0, 0, 1772614800000, 1, NULL, NULL, 1, NULL, 1772528400000, NULL, 739678, 1772528400000, '250 2.0.0 queued as 1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000009, 2, 'sent', NULL, 1773133200, 1, 0, 0, 1773219600000, 1, NULL, NULL, 1, NULL, 1773133200000, NULL, 739685, 1773133200000, '250 2.0.0 queued as 1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000011, 2, 'sent', NULL, 1773741600, 1, 0, 0, 1773828000000, 1, NULL, NULL, 1, NULL, 1773741600000, NULL, 739692, 1773741600000, '250 2.0.0 queued as 1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000011, 3, 'sent', NULL, 1774346400, 1, 0, 0, 1774432800000, 1, NULL, NULL, 1, NULL, 1774346400000, NULL, 739699, 1774346400000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000011, 4, 'sent', NULL, 1774951200, 1, 0, 0, 1775037600000, 1, NULL, NULL, 1, NULL, 1774951200000, NULL, 739706, 1774951200000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000012, 2, 'unknown', NULL, 1775556000, 1, 0, 0, 1775642400000, 1, NULL, NULL, 1, NULL, 1775556000000, NULL, 739713, NULL, 'i/o timeout');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000013, 2, 'deferred', NULL, 1775556000, 1, 0, 0, 1775642400000, 1, NULL, 1938387960000, 1, NULL, 1775556000000, NULL, 739713, NULL, '451 4.7.1 greylisted');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000014, 2, 'sent', NULL, 1775559600, 1, 0, 0, 1775646000000, 2, NULL, NULL, 1, '{"number":2}', 1775556000000, 1775559600000, 739713, 1775559600000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000015, 2, 'refused', 'message', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000016, 2, 'refused', 'message', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000017, 2, 'refused', 'message', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000018, 2, 'refused', 'message', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000019, 2, 'refused', 'message', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000020, 2, 'refused', 'message', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000021, 2, 'refused', 'recipient', 1775559600, 1, 0, 0, 1775646000000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, '550 5.1.1 no such user');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000022, 2, 'skipped', 'behind', 1775559600, 1, 0, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000023, 2, 'skipped', 'removed', 1775559600, 1, 0, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000024, 2, 'skipped', 'not-for-them', 1775559600, 1, 0, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000025, 2, 'refused', 'gave-up', 1775559600, 1, 0, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000027, 2, 'skipped', 'left', 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000028, 2, 'skipped', 'left', 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000029, 2, 'skipped', 'suppressed', 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000030, 2, 'skipped', 'suppressed', 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000031, 2, 'skipped', 'suppressed', 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000032, 1, 'sent', NULL, 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, 1775563200000, NULL, 739713, 1775563200000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000033, 1, 'sent', NULL, 1775563200, 1, 0, 0, 1775649600000, 1, NULL, NULL, 1, NULL, 1775563200000, NULL, 739713, 1775563200000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000043, 2, 'skipped', 'suppressed', 1775566800, 1, 0, 0, 1775653200000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000044, 2, 'skipped', 'suppressed', 1775566800, 1, 0, 0, 1775653200000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000045, 2, 'skipped', 'suppressed', 1775566800, 1, 0, 0, 1775653200000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000046, 2, 'skipped', 'suppressed', 1775566800, 1, 0, 0, 1775653200000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000048, 2, 'claimed', NULL, 1777626000, 1, 0, 0, 1777712400000, 1, 7, 1938398700004, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000049, 2, 'sending', NULL, 1777626000, 1, 0, 0, 1777712400000, 1, 7, 1935393600000, 1, NULL, 1777626000000, NULL, 739737, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000050, 2, 'planned', NULL, 1777626000, 1, 0, 1, 1777712400000, 1, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000052, 2, 'sent', NULL, 1777626000, 1, 0, 0, 1777712400000, 1, NULL, NULL, 1, NULL, 1777626000000, NULL, 739737, 1777626000000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000053, 2, 'sent', NULL, 1777626000, 1, 0, 0, 1777712400000, 1, NULL, NULL, 1, NULL, 1777626000000, NULL, 739737, 1777626000000, '~!1A');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, moves, send_by, attempt, owner, wake_at, content_id, merge, marked_at, remarked_at, local_date, sent_at, reply) VALUES (6000054, 2, 'sent', NULL, 1777626000, 1, 0, 0, 1777712400000, 1, NULL, NULL, 1, NULL, 1777626000000, NULL, 739737, 1777626000000, '~!1A');
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (1, 6000012, 2, 1, 'unknown', 'final', 0, '', 'i/o timeout', 1775556000000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (10, 6000021, 2, 1, 'refused-recipient', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (2, 6000013, 2, 1, 'deferred', 'rcpt', 451, '4.7.1', 'greylisted', 1775556000000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (3, 6000014, 2, 1, 'deferred', 'rcpt', 451, '4.7.1', 'greylisted', 1775556000000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (4, 6000015, 2, 1, 'refused-recipient', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (5, 6000016, 2, 1, 'refused-message', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (6, 6000017, 2, 1, 'refused-sender', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (7, 6000018, 2, 1, 'deferred', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (8, 6000019, 2, 1, 'throttled', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO attempts (id, enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at) VALUES (9, 6000020, 2, 1, 'transport', 'rcpt', 550, '5.1.1', 'no such user', 1775559600000);
INSERT INTO server (id, owner, pid, host, machine, beat, started_at) VALUES (1, 7, 42, 'quay', 'boot one', 3, 1935392400000);
INSERT INTO relay_days (relay, day, marked) VALUES ('relay:25', 741563, 1);
INSERT INTO phrases (code, text) VALUES ('~!', '250 2.0.0 queued as *');
INSERT INTO forms (id, version, text) VALUES (1, '1', 'Send me the letters.');
INSERT INTO requests (enrollment_id, form_id, network, name, timezone, invited, asked_at) VALUES (6000033, 1, '203.0.113.0/24', 'Typed', 'Asia/Tokyo', 0, 1775563200000);
INSERT INTO signup_counts (id, network, address, domain, counted_at) VALUES (1, 'network', 'address of signed-up@example.org', 'domain', 1775563200000);
INSERT INTO signup_counts (id, network, address, domain, counted_at) VALUES (2, 'network', 'address of waits@example.org', 'domain', 1775563200000);
INSERT INTO former_addresses (subscriber_id, hash) VALUES (6000040, X'60A2EFE4EDA535DC76F40EFC074D1C31');
INSERT INTO notices (id, subscriber_id, enrollment_id, kind, email, email_key, asked_at, wake_at, tries, closed_at) VALUES (6000001, 6000040, 6000041, 'address', 'populated@example.net', 'populated@example.net', 1938394800000, NULL, 0, 1938394800000);
INSERT INTO notices (id, subscriber_id, enrollment_id, kind, email, email_key, asked_at, wake_at, tries, closed_at) VALUES (6000002, 6000041, 6000042, 'private', NULL, NULL, 1938394800000, 1938394800000, 0, NULL);
INSERT INTO tags (id, name) VALUES (1, 'donor');
INSERT INTO tags (id, name) VALUES (2, 'told');
INSERT INTO subscriber_tags (tag_id, subscriber_id) VALUES (1, 3);
INSERT INTO subscriber_tags (tag_id, subscriber_id) VALUES (2, 6000043);
INSERT INTO rejects (batch_id, line, reason, cells) VALUES (37, 3, 'there is no @', '["olga","Olga Ö."]');
INSERT INTO mentions (subscriber_id, batch_id) VALUES (6000042, 38);
INSERT INTO mentions (subscriber_id, batch_id) VALUES (6000043, 39);
INSERT INTO told_values (subscriber_id, batch_id, told) VALUES (6000043, 39, '{"name":"Otto","timezone":"Asia/Tokyo"}');
INSERT INTO told_tags (subscriber_id, tag_id, batch_id) VALUES (6000043, 2, 39);
INSERT INTO audit (id, at, who, what, batch_id, campaign_id, subscriber_id, people, detail) VALUES (1, 1772528400000, '', 'import', 2, NULL, NULL, NULL, NULL);
INSERT INTO audit (id, at, who, what, batch_id, campaign_id, subscriber_id, people, detail) VALUES (2, 1775566800000, 'ada', 'import', 37, NULL, NULL, 2, NULL);
INSERT INTO audit (id, at, who, what, batch_id, campaign_id, subscriber_id, people, detail) VALUES (3, 1775566800000, 'ada', 'undo', 38, NULL, NULL, NULL, NULL);
INSERT INTO audit (id, at, who, what, batch_id, campaign_id, subscriber_id, people, detail) VALUES (4, 1775566800000, 'ada', 'lift', NULL, 1, 6000046, 1, 'everything');
INSERT INTO audit_notes (audit_id, hash, reason) VALUES (4, X'155370865252CAC9C471F5CC4B74862E', 'asked on the phone');
INSERT INTO leavings (hash, campaign, left_reason, left_at) VALUES (X'4931B02AF6AC31E84BF3EE73959A5560', 'k1', 'admin', 1775566800000);
INSERT INTO leavings (hash, campaign, left_reason, left_at) VALUES (X'6C8B0560440E4F1D174435F2F26EE69D', 'k1', 'reader', 1775566800000);
INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest) VALUES (1, 23437, 2, 0, 0, 0, 1775563200000);
INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest) VALUES (2, 23437, 7, 0, 8, 12, 1777626000000);
INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest) VALUES (3, 23437, 1, 0, 0, 0, 1774346400000);
INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest) VALUES (4, 23437, 1, 0, 0, 0, 1774951200000);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'active', '', '', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'active', '', 'Asia/Tokyo', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'active', '', 'Europe/London', 29);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'active', '', 'Pacific/Apia', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'finished', '', 'Europe/London', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'left', 'admin', 'Europe/London', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'left', 'reader', 'Europe/London', 8);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'left', 'restarted', 'Europe/London', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'left', 'suppressed', 'Europe/London', 8);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'pending', '', '', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'pending', '', 'Asia/Tokyo', 0);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (1, 'pending', '', 'Europe/London', 1);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (3, 'active', '', 'Europe/London', 0);
INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers) VALUES (3, 'left', 'stopped', 'Europe/London', 1);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000009, 1, 2);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000021, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000027, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000029, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000030, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000031, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000034, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000036, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000037, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000038, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000039, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000040, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000043, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000044, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000045, 1, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (6000046, 1, NULL);
INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES (X'2B9D456451D94A77D3F03095E0B10B19', 'k1', 'admin', 1775566800000);
INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES (X'341635A3141C52F7C7BB2DD8635BE27B', 'k1', 'reader', 1775566800000);
INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES (X'537F5AF404CB303C9C4037BFC9BC6157', 'k1', 'complaint', 1775566800000);
INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES (X'61FAD51D20897EB6B66E4D196DC1208A', 'k1', 'bounce', 1775566800000);
CREATE INDEX approvals_by_issue ON approvals (issue_id, id);
CREATE UNIQUE INDEX enrollments_open ON enrollments (subscriber_id, campaign_id) WHERE state <> 'left';
CREATE INDEX enrollments_by_subscriber ON enrollments (subscriber_id);
CREATE INDEX enrollments_by_earlier ON enrollments (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX enrollments_by_campaign ON enrollments (campaign_id, state);
CREATE INDEX enrollments_due ON enrollments (next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX deliveries_open ON deliveries (enrollment_id) WHERE state IN ('planned', 'claimed', 'sending', 'deferred');
CREATE INDEX deliveries_awake ON deliveries (state, wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX deliveries_unknown ON deliveries (state) WHERE state = 'unknown';
CREATE INDEX attempts_by_delivery ON attempts (enrollment_id, issue_id);
CREATE INDEX enrollments_left ON enrollments (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX requests_by_date ON requests (asked_at);
CREATE INDEX signup_counts_by_date ON signup_counts (counted_at);
CREATE INDEX signup_counts_by_network ON signup_counts (network, counted_at);
CREATE INDEX signup_counts_by_address ON signup_counts (address, counted_at) WHERE address IS NOT NULL;
CREATE INDEX signup_counts_by_domain ON signup_counts (domain, counted_at) WHERE domain IS NOT NULL;
CREATE INDEX notices_by_subscriber ON notices (subscriber_id, asked_at);
CREATE INDEX notices_by_enrollment ON notices (enrollment_id);
CREATE INDEX notices_by_address ON notices (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX notices_awake ON notices (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX subscriber_tags_of ON subscriber_tags (subscriber_id);
CREATE INDEX batches_unfinished ON batches (file_hash) WHERE finished_at IS NULL AND undone_at IS NULL;
CREATE INDEX consents_by_batch ON consents (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX told_tags_by_tag ON told_tags (tag_id);
CREATE INDEX audit_notes_by_hash ON audit_notes (hash);
CREATE INDEX former_addresses_by_hash ON former_addresses (hash);
CREATE INDEX enrollments_joined ON enrollments (campaign_id, joined_at, follows_id) WHERE joined_at IS NOT NULL;
CREATE INDEX enrollments_finished ON enrollments (campaign_id, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX departures_by_issue ON departures (campaign_id, issue_id);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit a WHERE a.id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER tally_new AFTER INSERT ON deliveries
WHEN NEW.state = 'sent' OR NEW.state = 'refused' OR NEW.state = 'skipped'
BEGIN
  INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest)
  VALUES (NEW.issue_id, NEW.enrollment_id >> 8, NEW.state = 'sent', COALESCE(NEW.sent_at > NEW.slot_wall * 1000 - NEW.slot_offset + 3600000, 0),
          NEW.state = 'refused', NEW.state = 'skipped',
          COALESCE(NEW.sent_at, NEW.remarked_at, NEW.marked_at, NEW.slot_wall * 1000 - NEW.slot_offset, 0))
  ON CONFLICT (issue_id, block) DO UPDATE SET
    sent = sent + excluded.sent, late = late + excluded.late, refused = refused + excluded.refused, skipped = skipped + excluded.skipped,
    latest = MAX(latest, excluded.latest);
END;
CREATE TRIGGER tally_change AFTER UPDATE OF state ON deliveries
WHEN NEW.state <> OLD.state AND (NEW.state = 'sent' OR NEW.state = 'refused' OR NEW.state = 'skipped'
  OR OLD.state = 'sent' OR OLD.state = 'refused' OR OLD.state = 'skipped')
BEGIN
  INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest)
  VALUES (NEW.issue_id, NEW.enrollment_id >> 8,
          (NEW.state = 'sent') - (OLD.state = 'sent'),
          COALESCE(NEW.sent_at > NEW.slot_wall * 1000 - NEW.slot_offset + 3600000, 0)
          - COALESCE(OLD.sent_at > OLD.slot_wall * 1000 - OLD.slot_offset + 3600000, 0),
          (NEW.state = 'refused') - (OLD.state = 'refused'),
          (NEW.state = 'skipped') - (OLD.state = 'skipped'),
          COALESCE(NEW.sent_at, NEW.remarked_at, NEW.marked_at, NEW.slot_wall * 1000 - NEW.slot_offset, 0))
  ON CONFLICT (issue_id, block) DO UPDATE SET
    sent = sent + excluded.sent, late = late + excluded.late, refused = refused + excluded.refused, skipped = skipped + excluded.skipped,
    latest = MAX(latest, excluded.latest);
END;
CREATE TRIGGER tally_removal AFTER DELETE ON deliveries
WHEN OLD.state = 'sent' OR OLD.state = 'refused' OR OLD.state = 'skipped'
BEGIN
  UPDATE issue_tallies
  SET sent = sent - (OLD.state = 'sent'), late = late - COALESCE(OLD.sent_at > OLD.slot_wall * 1000 - OLD.slot_offset + 3600000, 0),
      refused = refused - (OLD.state = 'refused'), skipped = skipped - (OLD.state = 'skipped')
  WHERE issue_id = OLD.issue_id AND block = OLD.enrollment_id >> 8;
END;
CREATE TRIGGER tally_reader AFTER INSERT ON enrollments
BEGIN
  INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers)
  SELECT NEW.campaign_id, NEW.state, COALESCE(NEW.left_reason, ''), s.timezone, 1 FROM subscribers s WHERE s.id = NEW.subscriber_id
  ON CONFLICT (campaign_id, state, left_reason, timezone) DO UPDATE SET readers = readers + 1;
END;
CREATE TRIGGER tally_reader_change AFTER UPDATE OF state, left_reason ON enrollments
WHEN NEW.state <> OLD.state OR NEW.left_reason IS NOT OLD.left_reason
BEGIN
  UPDATE reader_tallies SET readers = readers - 1
  WHERE campaign_id = OLD.campaign_id AND state = OLD.state AND left_reason = COALESCE(OLD.left_reason, '')
    AND timezone = (SELECT s.timezone FROM subscribers s WHERE s.id = OLD.subscriber_id);
  INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers)
  SELECT NEW.campaign_id, NEW.state, COALESCE(NEW.left_reason, ''), s.timezone, 1 FROM subscribers s WHERE s.id = NEW.subscriber_id
  ON CONFLICT (campaign_id, state, left_reason, timezone) DO UPDATE SET readers = readers + 1;
END;
CREATE TRIGGER tally_reader_removal AFTER DELETE ON enrollments
BEGIN
  UPDATE reader_tallies SET readers = readers - 1
  WHERE campaign_id = OLD.campaign_id AND state = OLD.state AND left_reason = COALESCE(OLD.left_reason, '')
    AND timezone = (SELECT s.timezone FROM subscribers s WHERE s.id = OLD.subscriber_id);
END;
CREATE TRIGGER tally_reader_zone AFTER UPDATE OF timezone ON subscribers
WHEN NEW.timezone <> OLD.timezone
BEGIN
  INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers)
  SELECT e.campaign_id, e.state, COALESCE(e.left_reason, ''), OLD.timezone, -COUNT(*)
  FROM enrollments e WHERE e.subscriber_id = OLD.id GROUP BY 1, 2, 3
  ON CONFLICT (campaign_id, state, left_reason, timezone) DO UPDATE SET readers = readers + excluded.readers;
  INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers)
  SELECT e.campaign_id, e.state, COALESCE(e.left_reason, ''), NEW.timezone, COUNT(*)
  FROM enrollments e WHERE e.subscriber_id = NEW.id GROUP BY 1, 2, 3
  ON CONFLICT (campaign_id, state, left_reason, timezone) DO UPDATE SET readers = readers + excluded.readers;
END;
CREATE TRIGGER note_departure AFTER UPDATE OF state ON enrollments
WHEN NEW.state = 'left' AND OLD.state <> 'left' AND (NEW.left_reason = 'reader' OR NEW.left_reason = 'suppressed') AND NEW.joined_at IS NOT NULL
BEGIN
  INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (NEW.id, NEW.campaign_id, (
    SELECT d.issue_id FROM deliveries d JOIN issues i ON i.id = d.issue_id
    WHERE d.enrollment_id = NEW.id AND d.state IN ('sending', 'sent', 'unknown') AND i.name <> '_confirmation'
    ORDER BY COALESCE(d.remarked_at, d.marked_at) DESC, d.issue_id DESC LIMIT 1));
END;
