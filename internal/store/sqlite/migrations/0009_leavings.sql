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
