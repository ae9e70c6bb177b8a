-- The catalog's database, format 1; catalog-schema-2.sql takes it to format 2. Statements end with a
-- semicolon at the end of a line. The format number is in PRAGMA user_version, the kind of database in
-- PRAGMA application_id.

-- Whose database it is; store_id is there once the store has been founded. In a restored one
-- also base, the hash of what it began from, and parent_…: whose back-up that was, up to where.
CREATE TABLE meta (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- One row: the last log entry that everything else here contains, and log time.
CREATE TABLE reached (
  only INTEGER NOT NULL PRIMARY KEY CHECK (only = 0),
  term INTEGER NOT NULL,
  idx  INTEGER NOT NULL,
  at   INTEGER NOT NULL
);
INSERT INTO reached VALUES (0, 0, -1, 0);

CREATE TABLE books (
  id            INTEGER NOT NULL PRIMARY KEY,
  title         TEXT    NOT NULL,
  author        TEXT    NOT NULL,
  topic         TEXT    NOT NULL,
  price_cents   INTEGER NOT NULL,
  initial_stock INTEGER NOT NULL,
  restocked     INTEGER NOT NULL,
  sold          INTEGER NOT NULL,
  version       INTEGER NOT NULL
);

-- Every sale, for ever. lines: "book:quantity:cents,…".
CREATE TABLE sales (
  number      INTEGER NOT NULL PRIMARY KEY,
  key         TEXT    NOT NULL UNIQUE,
  fingerprint BLOB    NOT NULL,
  idx         INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  customer    TEXT,
  lines       TEXT    NOT NULL
);

-- What the log decided for the other keys; dropped in log time.
CREATE TABLE outcomes (
  key         TEXT    NOT NULL PRIMARY KEY,
  fingerprint BLOB    NOT NULL,
  idx         INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  payload     TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX outcomes_by_idx ON outcomes (idx);
