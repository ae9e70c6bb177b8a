// What is on the screen, kept level with the shelves: by the stream of events while it lasts, by
// asking every few seconds while it does not.

import { ask, query } from '/assets/pygmy-http.js';
import { Stream } from '/assets/pygmy-stream.js';

const POLL_MILLIS = 4000;

/** Books by id, each as new as anything that was heard of it. */
export class Live {
  #books = new Map();
  #ids = [];
  #changed = () => {};
  #paused;
  #stream = null;
  #poll = 0;
  #watches = 0;

  /** @param paused told whether the stream is away */
  constructor(paused) {
    this.#paused = paused;
  }

  /** Follows these books instead of those before; `changed(book, before)` is told of each. */
  watch(ids, changed) {
    this.stop();
    this.#ids = ids;
    this.#changed = changed;
    if (ids.length) this.#follow();
  }

  stop() {
    this.#stream?.close();
    this.#stream = null;
    this.#stopPolling();
    this.#ids = [];
    this.#watches++;
  }

  /** What is known of a book, if anything is. */
  find(id) {
    return this.#books.get(id);
  }

  /** Takes in a book as an answer has it. */
  heard(book) {
    const before = this.#books.get(book.id);
    if (before && before.version > book.version) return;
    this.#books.set(book.id, book);
    if (!before || before.version !== book.version) this.#changed(book, before);
  }

  #follow() {
    this.#stream = new Stream({
      parameters: { book: this.#ids.join(',') },
      hear: {
        hello: () => this.#read(),
        reset: () => {
          this.#books.clear(); // maybe another store: its versions begin anew
          this.#read();
        },
        stock: (event) => this.#stock(event),
        book: (book) => this.heard(book),
      },
      turned: (state) => {
        if (state === 'away') this.#startPolling();
        else this.#stopPolling();
      },
    });
  }

  #stock({ book, stock, version }) {
    const known = this.#books.get(book);
    if (known && version > known.version) this.heard({ ...known, stock, version });
    else if (!known) this.#read();
  }

  #startPolling() {
    if (this.#poll) return;
    this.#paused(true);
    this.#poll = setInterval(() => this.#read(), POLL_MILLIS);
    this.#read();
  }

  #stopPolling() {
    if (this.#poll) this.#paused(false);
    clearInterval(this.#poll);
    this.#poll = 0;
  }

  async #read() {
    const watch = this.#watches;
    const answer = await ask(query('/books', { ids: this.#ids.join(',') }));
    if (answer.ok && watch === this.#watches) answer.body.items.forEach((book) => this.heard(book));
  }
}
