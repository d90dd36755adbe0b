-- +goose Up

-- What the fence knows: when the epoch last grew, whether and why nothing may be
-- sent, and how much of the journal of withdrawals this database has.
ALTER TABLE instance ADD COLUMN advanced_at  INTEGER;
ALTER TABLE instance ADD COLUMN held_at      INTEGER;
ALTER TABLE instance ADD COLUMN held_reason  TEXT CHECK (held_reason IN ('behind', 'vanished', 'foreign', 'unreadable', 'journal', 'gap', 'operator'));
ALTER TABLE instance ADD COLUMN journal_size INTEGER NOT NULL DEFAULT 0;

-- Who serves this database; there is no row while nobody does.
CREATE TABLE server (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  owner      INTEGER NOT NULL,
  pid        INTEGER NOT NULL,
  host       TEXT    NOT NULL,
  machine    TEXT    NOT NULL,
  beat       INTEGER NOT NULL,
  started_at INTEGER NOT NULL
) STRICT;

-- For those who left, whom the journal may lack after a crash.
CREATE INDEX enrollments_left ON enrollments (left_at) WHERE left_at IS NOT NULL;
