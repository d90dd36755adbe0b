-- +goose Up

-- What relays say when they take a message is always the same, but for a word or
-- two, such as a number in their queue. It is kept here once, with an asterisk for
-- each such word; deliveries.reply has the code, and then the words. (A column for
-- the code would have every row of the ledger looked at here and now.)
CREATE TABLE phrases (
  code TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
