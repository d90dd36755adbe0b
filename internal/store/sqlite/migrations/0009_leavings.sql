-- +goose Up

-- That somebody left a series, while the person or the series is not known: the copy that
-- was put back is older. As soon as both are, this becomes an enrollment that was left.
CREATE TABLE leavings (
  hash        BLOB    NOT NULL CHECK (length(hash) = 16),
  campaign    TEXT    NOT NULL, -- its public key
  left_reason TEXT    NOT NULL CHECK (left_reason IN ('reader', 'admin')),
  left_at     INTEGER NOT NULL,
  PRIMARY KEY (hash, campaign)
) STRICT, WITHOUT ROWID;

-- A list may have an address that its reader has changed: it is looked up by its hash, and
-- counted with what became of the rows.
CREATE INDEX former_addresses_by_hash ON former_addresses (hash);
ALTER TABLE batches ADD COLUMN former INTEGER NOT NULL DEFAULT 0;
