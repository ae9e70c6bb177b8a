// What is on the screen, kept level with the shelves: by the stream of events while it lasts, by
// asking every few seconds while it does not.

import { ask, query } from '/assets/shop-http.js';

const POLL_MILLIS = 4000;
const REOPEN_MILLIS = 3000;
const PATIENCE_MILLIS = 1500;

/** Books by id, each as new as anything that was heard of it. */
export class Live {
  #books = new Map();
  #ids = [];
  #changed = () => {};
  #paused;
  #source = null;
  #poll = 0;
  #reopen = 0;
  #giveUp = 0;
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
    if (ids.length) this.#open();
  }

  stop() {
    this.#source?.close();
    this.#source = null;
    clearInterval(this.#poll);
    clearTimeout(this.#reopen);
    clearTimeout(this.#giveUp);
    if (this.#poll) this.#paused(false);
    this.#poll = 0;
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

  #open() {
    clearTimeout(this.#reopen);
    const source = new EventSource(query('/events', { book: this.#ids.join(',') }));
    this.#source = source;
    this.#giveUp = setTimeout(() => this.#away(), PATIENCE_MILLIS);
    source.addEventListener('open', () => this.#back());
    source.addEventListener('hello', () => this.#read());
    source.addEventListener('reset', () => {
      this.#books.clear(); // maybe another store: its versions begin anew
      this.#read();
    });
    source.addEventListener('stock', (event) => this.#stock(JSON.parse(event.data)));
    source.addEventListener('book', (event) => this.heard(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      this.#away();
      if (source.readyState === EventSource.CLOSED) {
        // refused, not merely broken: the browser does not try again by itself
        source.close();
        clearTimeout(this.#reopen);
        this.#reopen = setTimeout(() => this.#open(), REOPEN_MILLIS);
      }
    });
  }

  #stock({ book, stock, version }) {
    const known = this.#books.get(book);
    if (known && version > known.version) this.heard({ ...known, stock, version });
    else if (!known) this.#read();
  }

  #away() {
    clearTimeout(this.#giveUp);
    if (this.#poll || !this.#ids.length) return;
    this.#paused(true);
    this.#poll = setInterval(() => this.#read(), POLL_MILLIS);
    this.#read();
  }

  #back() {
    clearTimeout(this.#giveUp);
    if (this.#poll) this.#read(); // what was missed
    clearInterval(this.#poll);
    this.#poll = 0;
    this.#paused(false);
  }

  async #read() {
    const watch = this.#watches;
    const answer = await ask(query('/books', { ids: this.#ids.join(',') }));
    if (answer.ok && watch === this.#watches) answer.body.items.forEach((book) => this.heard(book));
  }
}
