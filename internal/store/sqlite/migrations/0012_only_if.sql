-- +goose Up

-- An issue may be for some readers only; for the others its delivery is skipped, and this
-- is why. The new reason is a word more in a CHECK, which no row shows. A ledger of millions
-- of rows is not written anew for that: the text of the schema is changed in its place, as
-- SQLite describes it for changes that are not seen in what is stored
-- (lang_altertable.html, section 7). Every other connection has read the old text; a table
-- that comes and goes tells it that the schema is another one now, and takes nothing but a 1
-- for an answer to whether the word is there.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = REPLACE(sql, '''message'', ''gave-up'')', '''message'', ''gave-up'', ''not-for-them'')')
WHERE type = 'table' AND name = 'deliveries';
PRAGMA writable_schema = RESET;
CREATE TABLE schema_changed (tables INTEGER NOT NULL CHECK (tables = 1)) STRICT;
INSERT INTO schema_changed
SELECT COUNT(*) FROM sqlite_schema WHERE name = 'deliveries' AND INSTR(sql, '''not-for-them''') > 0;
DROP TABLE schema_changed;
