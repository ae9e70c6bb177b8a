-- The shop as one would write it on PostgreSQL: a buy is one transaction, one order a key.
CREATE TABLE books (
  id integer PRIMARY KEY,
  price_cents integer NOT NULL,
  stock bigint NOT NULL CHECK (stock >= 0)
) WITH (fillfactor = 50); -- room for the next versions of a row on its own page
INSERT INTO books SELECT id, 1999, 1000000000 FROM generate_series(1, 10000) AS id;

CREATE TABLE orders (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  book integer NOT NULL,
  quantity integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

-- The order first, the book last: whoever buys the same book waits for no longer than from there to the commit.
CREATE FUNCTION buy(the_key text, the_book integer, the_quantity integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  the_number bigint;
BEGIN
  INSERT INTO orders (key, book, quantity) VALUES (the_key, the_book, the_quantity)
    ON CONFLICT (key) DO NOTHING RETURNING number INTO the_number;
  IF the_number IS NULL THEN
    RETURN (SELECT number FROM orders WHERE key = the_key);
  END IF;
  UPDATE books SET stock = stock - the_quantity WHERE id = the_book AND stock >= the_quantity;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'out of stock';
  END IF;
  RETURN the_number;
END $$;
