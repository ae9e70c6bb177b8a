-- One order replica's log, format 1. Statements end with a semicolon at the end of a line.
-- The format number is in PRAGMA user_version, the kind of database in PRAGMA application_id.

-- One row: whose sales these are, and the number of the last one here.
CREATE TABLE cursor (
  only     INTEGER NOT NULL PRIMARY KEY CHECK (only = 0),
  store_id TEXT,
  last     INTEGER NOT NULL
);
INSERT INTO cursor VALUES (0, NULL, 0);

-- lines: "book:quantity:cents,…".
CREATE TABLE orders (
  number   INTEGER NOT NULL PRIMARY KEY,
  key      TEXT    NOT NULL UNIQUE,
  at       INTEGER NOT NULL,
  customer TEXT,
  lines    TEXT    NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer, number) WHERE customer IS NOT NULL;
