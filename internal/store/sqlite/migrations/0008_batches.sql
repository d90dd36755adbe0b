-- +goose Up

-- Who began an import, what was asked of it, and how many rows of its list are in: who
-- reads the same list again with the same wishes goes on there. The numbers say what became
-- of those rows; columns are the names of the cells of rejected rows, as JSON.
ALTER TABLE batches ADD COLUMN who       TEXT    NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN asked     TEXT;
ALTER TABLE batches ADD COLUMN columns   TEXT;
ALTER TABLE batches ADD COLUMN position  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN added     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN updated   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN withheld  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN enrolled  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN pending   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN had_left  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN undone_at INTEGER;
CREATE INDEX batches_unfinished ON batches (file_hash) WHERE finished_at IS NULL AND undone_at IS NULL;
CREATE INDEX consents_by_batch ON consents (batch_id) WHERE batch_id IS NOT NULL;

-- The rows that an import could not take, for a while: their cells as JSON, NULL if they
-- could not be told apart.
CREATE TABLE rejects (
  batch_id INTEGER NOT NULL REFERENCES batches (id),
  line     INTEGER NOT NULL,
  reason   TEXT    NOT NULL,
  cells    TEXT,
  PRIMARY KEY (batch_id, line)
) STRICT, WITHOUT ROWID;

-- The latest batch in which somebody was who had been added before: whoever is in a later
-- batch stays when the one that added them is undone.
CREATE TABLE mentions (
  subscriber_id INTEGER PRIMARY KEY REFERENCES subscribers (id) ON DELETE CASCADE,
  batch_id      INTEGER NOT NULL REFERENCES batches (id)
) STRICT;

-- What a batch told of people who were there before, where nothing was known: until
-- somebody else says so too, it goes when the batch is undone. The values are a name, a zone
-- and attributes, as JSON.
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
CREATE INDEX told_tags_by_tag ON told_tags (tag_id);

-- Who did what, and when. It only grows. No address and no hash of one is ever in it.
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
-- +goose StatementBegin
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit a WHERE a.id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;
-- +goose StatementEnd

-- What a line of the audit log is about, by the keyed hash of an address, and the words
-- that were given for it. It goes when that person is erased.
CREATE TABLE audit_notes (
  audit_id INTEGER PRIMARY KEY REFERENCES audit (id),
  hash     BLOB    NOT NULL CHECK (length(hash) = 16),
  reason   TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_notes_by_hash ON audit_notes (hash);
