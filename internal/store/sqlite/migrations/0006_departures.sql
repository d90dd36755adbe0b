-- +goose Up

-- Why somebody left, if they said so: one of a few words of ours, no text of theirs.
ALTER TABLE enrollments ADD COLUMN left_why TEXT CHECK (left_why IN ('too-often', 'not-for-me', 'never-asked', 'had-enough', 'elsewhere'));

-- When the person took another address. What a relay says of a message that was
-- marked before is about the one they had.
ALTER TABLE subscribers ADD COLUMN moved_at INTEGER;

-- The keyed hashes of the addresses that people had before. Whoever is erased, or
-- wants nothing any more, is not to come back under one of these; and the journal
-- of an older copy knows them under it.
CREATE TABLE former_addresses (
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
  hash          BLOB    NOT NULL CHECK (length(hash) = 16),
  PRIMARY KEY (subscriber_id, hash)
) STRICT, WITHOUT ROWID;

-- Mails that a person asked for on their own page, outside every series: the link
-- to what is private (email is NULL: it goes to the address they have), and the
-- question to an address that they would like to have. Rows go after a day.
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
CREATE INDEX notices_by_subscriber ON notices (subscriber_id, asked_at);
CREATE INDEX notices_by_enrollment ON notices (enrollment_id);
CREATE INDEX notices_by_address ON notices (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX notices_awake ON notices (wake_at) WHERE wake_at IS NOT NULL;
