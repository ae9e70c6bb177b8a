// The shop: which view is shown, what is searched for, what is being bought.

import { at, make, say } from '/assets/pygmy-dom.js';
import { Live } from '/assets/shop-live.js';
import { allUnderWay, resume, watchBuys } from '/assets/shop-buying.js';
import { ask, words as problemWords } from '/assets/pygmy-http.js';
import { bookView, orderView, ordersView, searchView, shelfView } from '/assets/shop-views.js';

const TYPING_MILLIS = 150;

const main = at('main');
const words = at('words');
const pending = at('pending');
const paused = at('paused');
let shown = new AbortController();
let fronts = [];

const live = new Live((isAway) => {
  paused.textContent = isAway ? 'Live updates paused: stock is asked for every few seconds.' : '';
  paused.hidden = !isAway;
});

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand, or cut off
  }
}

/** The view that an address names. */
function viewOf(hash) {
  const [path, search] = hash.replace(/^#\/?/, '').split('?', 2);
  const [kind, ...rest] = path.split('/');
  const name = decoded(rest.join('/'));
  switch (kind) {
    case 'topic': return { page: 'shop', show: shelfView, name };
    case 'book': return { page: 'shop', show: bookView, name };
    case 'search': return { page: 'shop', show: searchView, name: new URLSearchParams(search).get('q') ?? '' };
    case 'orders': return { page: 'orders', show: ordersView, name: '' };
    case 'order': return { page: 'orders', show: orderView, name };
    default: return { page: 'shop', show: shelfView, name: '' };
  }
}

/** Shows what the address names; what was shown before is over. */
async function show({ keepFocus = false } = {}) {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  const view = viewOf(location.hash);
  if (view.show !== searchView) words.value = '';
  else if (!keepFocus) words.value = view.name;
  for (const link of document.querySelectorAll('[data-page]')) {
    if (link.dataset.page === view.page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!keepFocus) live.stop();
  main.setAttribute('aria-busy', 'true');
  try {
    const content = await view.show(view.name, { live, signal });
    if (signal.aborted) return;
    main.replaceChildren(...content.children);
    document.title = content.title ? `${content.title} · Pygmy books` : 'Pygmy books';
    content.started?.();
    if (!keepFocus && isMoved) {
      main.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  } catch (failure) {
    if (!signal.aborted) throw failure;
  } finally {
    if (!signal.aborted) main.removeAttribute('aria-busy');
  }
}

let isMoved = false;
window.addEventListener('hashchange', () => {
  isMoved = true;
  show();
});

let typing = 0;
words.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(search, TYPING_MILLIS);
});
at('search').addEventListener('submit', (event) => {
  event.preventDefault();
  clearTimeout(typing);
  search();
});

/** Each answer replaces those to what was typed before; one step back leads out of the search. */
function search() {
  const text = words.value.trim();
  const hash = text ? `#/search?q=${encodeURIComponent(text)}` : '#/';
  if (hash === location.hash) return;
  const isFirst = !location.hash.startsWith('#/search');
  history[isFirst ? 'pushState' : 'replaceState'](null, '', hash);
  show({ keepFocus: true });
}

let ended = [];
watchBuys((buying) => {
  const { order } = buying.outcome ?? {};
  const isHere = location.hash === `#/book/${buying.intention.book}`;
  if (order) say(`Order ${order.number} is confirmed.`);
  if (order && isHere) location.hash = `#/order/${encodeURIComponent(order.key)}`;
  if (buying.outcome && !isHere) ended.push(buying);
  tellOfBuys();
});

function tellOfBuys() {
  const notes = [...ended.map(result), ...allUnderWay().map(note)];
  pending.hidden = notes.length === 0;
  pending.replaceChildren(...notes);
}

/** What came of a buy that the visitor did not wait for. */
function result(buying) {
  const { order, refused } = buying.outcome;
  const { shown: book } = buying.intention;
  const close = () => {
    ended = ended.filter((other) => other !== buying);
    tellOfBuys();
  };
  return make('p', { role: 'status' },
    make('strong', { text: `${book.title}: ` }),
    order
      ? make('a', { href: `#/order/${encodeURIComponent(order.key)}`, text: `order ${order.number} is confirmed`, onclick: close })
      : problemWords(refused),
    ' ',
    make('button', { type: 'button', class: 'small quiet', text: 'OK', onclick: close }));
}

/** What is told of a buy while it is asked for. */
function note(buying) {
  const { shown: book, key } = buying.intention;
  const lines = [make('strong', { text: `Buying ${book.title} …` })];
  if (buying.trouble) {
    lines.push(` ${buying.trouble} Asking again with the same key, so it is bought once at most. Leave this page open.`);
  }
  if (buying.attempts > 3 && fronts.length) {
    lines.push(' Other fronts of the shop: ');
    fronts.forEach((url) => lines.push(make('a', { href: `${url}/#/order/${encodeURIComponent(key)}`, text: new URL(url).host }), ' '));
  }
  return make('p', { role: 'status' }, ...lines);
}

/** Where else the shop could be reached, when this front goes away. */
async function findFronts() {
  const cluster = await ask('/cluster');
  if (cluster.ok) {
    fronts = cluster.body.nodes.map((node) => node.url).filter((url) => url && url !== location.origin);
  }
}

resume();
show();
setTimeout(findFronts, 1500);
