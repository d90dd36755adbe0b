-- +goose Up

-- Who must not be mailed one campaign, whatever else they are mailed. It holds by the key of
-- the campaign, which may not be known (yet): the journal and other instances' lists
-- have nothing else. Who must be mailed nothing is in suppressions; an erasure is there.
CREATE TABLE campaign_suppressions (
  hash          BLOB    NOT NULL CHECK (length(hash) = 16),
  campaign      TEXT    NOT NULL CHECK (campaign <> ''), -- its public key
  reason        TEXT    NOT NULL CHECK (reason IN ('reader', 'admin', 'bounce', 'complaint')),
  suppressed_at INTEGER NOT NULL,
  PRIMARY KEY (hash, campaign)
) STRICT, WITHOUT ROWID;

-- How many rows of an import were not enrolled because of that.
ALTER TABLE batches ADD COLUMN kept_out INTEGER NOT NULL DEFAULT 0;
