-- +goose Up

-- What became of each issue, counted: of a million readers the ledger has more rows than
-- anybody would wait for. Only what is done is counted here, which is nearly all; there
-- are indexes of the rest. Triggers count, so that no statement can forget to. An issue
-- is late that was accepted more than an hour after its slot.
--
-- A row is about the 256 enrollments whose number, shifted by eight bits, is its block.
-- None of their deliveries that are done is later than latest, so whoever looks for the
-- latest of the ledger, which no index has, looks into few blocks.
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

INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest)
SELECT d.issue_id, d.enrollment_id >> 8, SUM(d.state = 'sent'), COALESCE(SUM(d.sent_at > d.slot_wall * 1000 - d.slot_offset + 3600000), 0),
       SUM(d.state = 'refused'), SUM(d.state = 'skipped'),
       MAX(COALESCE(d.sent_at, d.remarked_at, d.marked_at, d.slot_wall * 1000 - d.slot_offset, 0))
FROM deliveries d WHERE d.state IN ('sent', 'refused', 'skipped')
GROUP BY 1, 2;

-- +goose StatementBegin
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
-- +goose StatementEnd

-- +goose StatementBegin
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
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tally_removal AFTER DELETE ON deliveries
WHEN OLD.state = 'sent' OR OLD.state = 'refused' OR OLD.state = 'skipped'
BEGIN
  UPDATE issue_tallies
  SET sent = sent - (OLD.state = 'sent'), late = late - COALESCE(OLD.sent_at > OLD.slot_wall * 1000 - OLD.slot_offset + 3600000, 0),
      refused = refused - (OLD.state = 'refused'), skipped = skipped - (OLD.state = 'skipped')
  WHERE issue_id = OLD.issue_id AND block = OLD.enrollment_id >> 8;
END;
-- +goose StatementEnd

-- The enrollments, counted by what they are and by the time zones of their people.
CREATE TABLE reader_tallies (
  campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  state       TEXT    NOT NULL,
  left_reason TEXT    NOT NULL, -- '' unless they left
  timezone    TEXT    NOT NULL,
  readers     INTEGER NOT NULL,
  PRIMARY KEY (campaign_id, state, left_reason, timezone)
) STRICT, WITHOUT ROWID;

INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers)
SELECT e.campaign_id, e.state, COALESCE(e.left_reason, ''), s.timezone, COUNT(*)
FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id
GROUP BY 1, 2, 3, 4;

-- +goose StatementBegin
CREATE TRIGGER tally_reader AFTER INSERT ON enrollments
BEGIN
  INSERT INTO reader_tallies (campaign_id, state, left_reason, timezone, readers)
  SELECT NEW.campaign_id, NEW.state, COALESCE(NEW.left_reason, ''), s.timezone, 1 FROM subscribers s WHERE s.id = NEW.subscriber_id
  ON CONFLICT (campaign_id, state, left_reason, timezone) DO UPDATE SET readers = readers + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
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
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tally_reader_removal AFTER DELETE ON enrollments
BEGIN
  UPDATE reader_tallies SET readers = readers - 1
  WHERE campaign_id = OLD.campaign_id AND state = OLD.state AND left_reason = COALESCE(OLD.left_reason, '')
    AND timezone = (SELECT s.timezone FROM subscribers s WHERE s.id = OLD.subscriber_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
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
-- +goose StatementEnd

-- For those who joined and those who finished in a week.
CREATE INDEX enrollments_joined ON enrollments (campaign_id, joined_at, follows_id) WHERE joined_at IS NOT NULL;
CREATE INDEX enrollments_finished ON enrollments (campaign_id, finished_at) WHERE finished_at IS NOT NULL;

-- Who left by themselves, and which issue was the last that they had been sent; NULL for
-- none.
CREATE TABLE departures (
  enrollment_id INTEGER PRIMARY KEY REFERENCES enrollments (id) ON DELETE CASCADE,
  campaign_id   INTEGER NOT NULL REFERENCES campaigns (id),
  issue_id      INTEGER REFERENCES issues (id)
) STRICT;

INSERT INTO departures (enrollment_id, campaign_id, issue_id)
SELECT e.id, e.campaign_id, (
  SELECT d.issue_id FROM deliveries d JOIN issues i ON i.id = d.issue_id
  WHERE d.enrollment_id = e.id AND d.state IN ('sending', 'sent', 'unknown') AND i.name <> '_confirmation'
  ORDER BY COALESCE(d.remarked_at, d.marked_at) DESC, d.issue_id DESC LIMIT 1)
FROM enrollments e
WHERE e.state = 'left' AND e.left_reason IN ('reader', 'suppressed') AND e.joined_at IS NOT NULL;

CREATE INDEX departures_by_issue ON departures (campaign_id, issue_id);

-- +goose StatementBegin
CREATE TRIGGER note_departure AFTER UPDATE OF state ON enrollments
WHEN NEW.state = 'left' AND OLD.state <> 'left' AND (NEW.left_reason = 'reader' OR NEW.left_reason = 'suppressed') AND NEW.joined_at IS NOT NULL
BEGIN
  INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (NEW.id, NEW.campaign_id, (
    SELECT d.issue_id FROM deliveries d JOIN issues i ON i.id = d.issue_id
    WHERE d.enrollment_id = NEW.id AND d.state IN ('sending', 'sent', 'unknown') AND i.name <> '_confirmation'
    ORDER BY COALESCE(d.remarked_at, d.marked_at) DESC, d.issue_id DESC LIMIT 1));
END;
-- +goose StatementEnd
