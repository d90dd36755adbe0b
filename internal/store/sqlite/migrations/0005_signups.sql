-- +goose Up

-- What sign-up pages said, each text once.
CREATE TABLE forms (
  id      INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  text    TEXT NOT NULL,
  UNIQUE (version, text)
) STRICT;

-- The requests behind pending enrollments. What a stranger typed stays here until the
-- person confirms; an enrollment that is removed takes it along. One that took the place
-- of an invitation (invited = 1) is not removed when nobody answers.
CREATE TABLE requests (
  enrollment_id INTEGER PRIMARY KEY REFERENCES enrollments (id) ON DELETE CASCADE,
  form_id       INTEGER NOT NULL REFERENCES forms (id),
  network       TEXT    NOT NULL,
  name          TEXT    NOT NULL,
  timezone      TEXT    NOT NULL,
  invited       INTEGER NOT NULL CHECK (invited IN (0, 1)),
  asked_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_by_date ON requests (asked_at);

-- Every request of the latest days, to count them by: keyed hashes only. The last two
-- are NULL unless a mail was asked for.
CREATE TABLE signup_counts (
  id         INTEGER PRIMARY KEY,
  network    TEXT    NOT NULL,
  address    TEXT,
  domain     TEXT,
  counted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signup_counts_by_date ON signup_counts (counted_at);
CREATE INDEX signup_counts_by_network ON signup_counts (network, counted_at);
CREATE INDEX signup_counts_by_address ON signup_counts (address, counted_at) WHERE address IS NOT NULL;
CREATE INDEX signup_counts_by_domain ON signup_counts (domain, counted_at) WHERE domain IS NOT NULL;

-- The request that a confirmation answered.
ALTER TABLE consents ADD COLUMN form_id  INTEGER REFERENCES forms (id);
ALTER TABLE consents ADD COLUMN network  TEXT;
ALTER TABLE consents ADD COLUMN asked_at INTEGER;
