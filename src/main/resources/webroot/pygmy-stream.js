// The stream of events, while the page is looked at.

import { query } from '/assets/pygmy-http.js';

const PATIENCE_MILLIS = 1500;
const REOPEN_MILLIS = 3000;

/**
 * Follows GET /events until it is closed, and goes on where it was after every interruption.
 *
 * A browser has six connections for all tabs of an address, and a stream keeps one of them. So it is
 * given up while the page is hidden: a seventh tab would wait for ever otherwise.
 */
export class Stream {
  #parameters;
  #hear;
  #turned;
  #lastId;
  #source = null;
  #giveUp = 0;
  #reopen = 0;
  #look = () => {
    if (!document.hidden) this.#open();
    else this.#rest();
  };

  /**
   * @param parameters which events
   * @param hear what is done with the data of each kind
   * @param turned told whenever the stream is 'open', is 'away', or is not needed, the page being 'hidden'
   * @param lastId what happened after it is told, too
   */
  constructor({ parameters, hear, turned, lastId = '' }) {
    this.#parameters = parameters;
    this.#hear = hear;
    this.#turned = turned;
    this.#lastId = lastId;
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
  }

  /** Where another one would go on; empty before anything was told. */
  get lastId() {
    return this.#lastId;
  }

  close() {
    document.removeEventListener('visibilitychange', this.#look);
    this.#letGo();
  }

  #open() {
    this.#letGo();
    const source = new EventSource(query('/events', { ...this.#parameters, lastEventId: this.#lastId || undefined }));
    this.#source = source;
    this.#giveUp = setTimeout(() => this.#turned('away'), PATIENCE_MILLIS);
    source.addEventListener('open', () => {
      clearTimeout(this.#giveUp);
      this.#turned('open');
    });
    for (const [kind, hear] of Object.entries(this.#hear)) {
      source.addEventListener(kind, (event) => {
        this.#lastId = event.lastEventId || this.#lastId;
        hear(JSON.parse(event.data));
      });
    }
    source.addEventListener('error', () => {
      this.#turned('away');
      if (source.readyState === EventSource.CLOSED) {
        // refused, not merely broken: the browser does not try again by itself
        this.#letGo();
        this.#reopen = setTimeout(() => this.#open(), REOPEN_MILLIS);
      }
    });
  }

  #rest() {
    this.#letGo();
    this.#turned('hidden');
  }

  #letGo() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#giveUp);
    clearTimeout(this.#reopen);
  }
}
