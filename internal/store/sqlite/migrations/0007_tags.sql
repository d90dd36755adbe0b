-- +goose Up

-- Words that people were tagged with, in lower case.
CREATE TABLE tags (
  id   INTEGER PRIMARY KEY,
  name TEXT    NOT NULL UNIQUE
) STRICT;
CREATE TABLE subscriber_tags (
  tag_id        INTEGER NOT NULL REFERENCES tags (id),
  subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
  PRIMARY KEY (tag_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriber_tags_of ON subscriber_tags (subscriber_id);

-- What of a person is their own word, which no list changes: 1 the name, 2 the zone.
ALTER TABLE subscribers ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0 CHECK (chosen BETWEEN 0 AND 3);

-- The consent of the batch that states what this one is about. Such a consent is one
-- person's own, because their list told when it was given; its own statement says
-- what the list told besides.
ALTER TABLE consents ADD COLUMN stated_id INTEGER REFERENCES consents (id);
