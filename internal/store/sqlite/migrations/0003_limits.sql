-- +goose Up

-- Why a campaign was paused, if that was not a person's verb; NULL otherwise.
ALTER TABLE campaigns ADD COLUMN pause_reason TEXT;

-- How many messages were marked for a relay on a day (UTC, as a number of days),
-- kept for the relays whose days are limited.
CREATE TABLE relay_days (
  relay  TEXT    NOT NULL,
  day    INTEGER NOT NULL,
  marked INTEGER NOT NULL,
  PRIMARY KEY (relay, day)
) STRICT, WITHOUT ROWID;
