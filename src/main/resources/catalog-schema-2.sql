-- From format 1 to 2. Statements end with a semicolon at the end of a line, and only there.

-- The words of titles and authors, so that books are found by them. The texts stay in books; the
-- triggers keep the words level with them, in whatever transaction writes a book. A sale, which
-- changes no name, does not touch them.
CREATE VIRTUAL TABLE words USING fts5 (
  title,
  author,
  content='books',
  content_rowid='id',
  tokenize="unicode61 remove_diacritics 2"
);

CREATE TRIGGER books_named AFTER INSERT ON books
BEGIN INSERT INTO words (rowid, title, author) VALUES (new.id, new.title, new.author); END;

CREATE TRIGGER books_renamed AFTER UPDATE OF title, author ON books
WHEN old.title <> new.title OR old.author <> new.author
BEGIN INSERT INTO words (words, rowid, title, author) VALUES ('delete', old.id, old.title, old.author); INSERT INTO words (rowid, title, author) VALUES (new.id, new.title, new.author); END;

INSERT INTO words (words) VALUES ('rebuild');
