// The views: each asks for what it shows and answers { children, title, started }.

import { count, make, moment, price, say, setText, topicName } from '/assets/pygmy-dom.js';
import { ask, query, slug, words } from '/assets/pygmy-http.js';
import { buy, intention, orders, remember, seen, underWay } from '/assets/shop-buying.js';

const PAGE = 24;
const MOST_LIVE = 100;
const MOST_QUANTITY = 1000;
const FEW = 5;
const COVERS = 8;

// ---- shelves and search

/** The books of a topic, or all of them, with the topics beside them. */
export async function shelfView(topic, { live, signal }) {
  const path = query('/books', { topic: topic || undefined, limit: PAGE });
  const [topics, page] = await Promise.all([ask('/topics', { signal }), ask(path, { signal })]);
  const title = topic ? topicName(topic) : 'All books';
  const list = new BookList(live, path, signal);
  return {
    title: topic ? title : '',
    children: [
      topicsOf(topics, topic),
      make('section', { class: 'shelf', 'aria-labelledby': 'heading' }, make('h1', { id: 'heading', text: title }), ...list.begin(page)),
    ],
    started: () => list.follow(),
  };
}

/** What was found, the best first. */
export async function searchView(text, { live, signal }) {
  const path = query('/books', { q: text, limit: PAGE });
  const page = await ask(path, { signal });
  const list = new BookList(live, path, signal);
  const found = page.ok ? page.body.items.length : 0;
  const more = page.ok && page.body.next;
  const said = !page.ok ? words(page.problem)
    : found === 0 ? 'Nothing found. Every word must be in the title or the author; the last may be a beginning.'
    : more ? `The best ${found} are shown` : count(found, 'book', 'books');
  return {
    title: `Search: ${text}`,
    children: [
      make('section', { class: 'shelf', 'aria-labelledby': 'heading' },
        make('h1', { id: 'heading' }, 'Found for ', make('q', { text })),
        make('p', { class: 'hint', text: said }),
        ...(page.ok ? list.begin(page) : [])),
    ],
    started: () => {
      say(said);
      list.follow();
    },
  };
}

function topicsOf(answer, current) {
  const links = answer.ok ? answer.body.items.map(({ topic, books }) =>
    make('li', {}, make('a', { href: `#/topic/${encodeURIComponent(topic)}`, 'aria-current': topic === current ? 'page' : null },
      topicName(topic), make('span', { class: 'count', text: books })))) : [];
  return make('nav', { class: 'topics', 'aria-label': 'Topics' },
    make('h2', { text: 'Topics' }),
    make('ul', {}, make('li', {}, make('a', { href: '#/', 'aria-current': current ? null : 'page', text: 'All' })), ...links));
}

/** Books one below the other, each with its stock; goes on by a button. */
class BookList {
  #live;
  #path;
  #signal;
  #items = make('ul', { class: 'books' });
  #more = make('button', { type: 'button', class: 'more quiet', text: 'Show more', onclick: () => this.#goOn() });
  #trouble = make('p', { class: 'trouble', role: 'alert', hidden: true });
  #stocks = new Map();
  #next;

  constructor(live, path, signal) {
    this.#live = live;
    this.#path = path;
    this.#signal = signal;
  }

  begin(page) {
    this.#take(page);
    return [this.#items, this.#trouble, this.#more];
  }

  follow() {
    const ids = [...this.#stocks.keys()].slice(-MOST_LIVE);
    this.#live.watch(ids, (book) => this.#show(book));
  }

  #take(page) {
    this.#trouble.hidden = page.ok;
    if (!page.ok) {
      this.#trouble.textContent = words(page.problem);
      this.#more.textContent = 'Try again';
      this.#more.hidden = false;
      return;
    }
    page.body.items.forEach((book) => this.#items.append(this.#row(book)));
    this.#next = page.body.next;
    this.#more.textContent = 'Show more';
    this.#more.hidden = !this.#next;
  }

  #row(book) {
    const stock = make('span', { class: 'stock' });
    const cents = make('span', { class: 'price', text: price(book.priceCents) });
    this.#stocks.set(book.id, { stock, cents });
    const known = this.#live.find(book.id);
    if (known) showStock(stock, known.stock);
    return make('li', {},
      cover(book),
      make('div', { class: 'what' },
        make('a', { href: `#/book/${book.id}`, class: 'title', text: book.title }),
        make('span', { class: 'author', text: book.author })),
      make('div', { class: 'deal' }, cents, stock));
  }

  #show(book) {
    const shown = this.#stocks.get(book.id);
    if (!shown) return;
    showStock(shown.stock, book.stock);
    setText(shown.cents, price(book.priceCents));
  }

  async #goOn() {
    this.#more.disabled = true;
    const page = await ask(this.#next ? `${this.#path}&after=${this.#next}` : this.#path, { signal: this.#signal });
    this.#more.disabled = false;
    const before = this.#items.children.length;
    this.#take(page);
    this.#items.children[before]?.querySelector('a').focus();
    this.follow();
  }
}

function cover(book) {
  return make('span', { class: `cover cover-${hash(book.topic) % COVERS}`, 'aria-hidden': 'true', text: book.title.match(/[\p{L}\p{N}]/u)?.[0] ?? '' });
}

function hash(text) {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 65521, 7);
}

function showStock(element, stock) {
  setText(element, stock === 0 ? 'Sold out' : stock <= FEW ? `Only ${stock} left` : `${stock.toLocaleString()} left`);
  element.dataset.stock = stock === 0 ? 'none' : stock <= FEW ? 'few' : 'some';
}

// ---- one book

/** A book, its stock as it changes, and the form to buy it. */
export async function bookView(name, { live, signal }) {
  const id = Number(name);
  const answer = await ask(`/books/${encodeURIComponent(name)}`, { signal });
  if (!answer.ok) return troubleView(answer, 'Book');
  live.heard(answer.body);
  let book = live.find(id) ?? answer.body;
  const title = make('h1', { id: 'heading' });
  const author = make('p', { class: 'author' });
  const topic = make('a', {});
  const cents = make('p', { class: 'price' });
  const stock = make('p', { class: 'stock', role: 'status' });
  const form = new BuyForm(() => book);
  const refresh = () => {
    setText(title, book.title);
    setText(author, book.author);
    setText(topic, topicName(book.topic));
    topic.href = `#/topic/${encodeURIComponent(book.topic)}`;
    setText(cents, price(book.priceCents));
    showStock(stock, book.stock);
    form.refresh();
  };
  refresh();
  return {
    title: book.title,
    children: [
      make('article', { class: 'book', 'aria-labelledby': 'heading' },
        cover(book),
        make('div', { class: 'about' }, title, author, make('p', { class: 'hint' }, 'Topic: ', topic), cents, stock, form.element)),
    ],
    started: () => live.watch([id], (now, before) => {
      if (now.id !== id) return;
      book = now;
      if (before && before.stock === 0 && now.stock > 0) say(`${now.title} is back in stock.`);
      refresh();
    }),
  };
}

/** The form to buy one book with the key that it was shown with; it buys once. */
class BuyForm {
  #book;
  #isBought = false;
  #quantity = make('input', { id: 'quantity', type: 'number', min: 1, max: MOST_QUANTITY, value: 1, inputmode: 'numeric', required: true });
  #customer = make('input', { id: 'customer', type: 'text', maxlength: 200, autocomplete: 'email' });
  #button = make('button', { type: 'submit', class: 'primary', text: 'Buy' });
  #total = make('p', { class: 'total' });
  #trouble = make('p', { class: 'trouble', role: 'alert' });
  #more = make('details', {}, make('summary', { text: 'Name the order' }),
    make('label', { for: 'customer', text: 'Your name or e-mail (may be left out)' }), this.#customer);

  constructor(book) {
    this.#book = book;
    intention(book().id);
    this.element = make('form', { class: 'buy', 'aria-label': 'Buy this book', onsubmit: (event) => this.#submit(event) },
      make('div', { class: 'row' }, make('label', { for: 'quantity', text: 'Quantity' }), this.#quantity, this.#button),
      this.#total, this.#more, this.#trouble);
    this.#quantity.addEventListener('input', () => this.refresh());
    const under = underWay(book().id);
    if (under) this.#follow(under);
  }

  refresh() {
    const { id, stock, priceCents } = this.#book();
    const isBuying = this.#isBought || Boolean(underWay(id));
    const quantity = this.#quantity.valueAsNumber;
    // Not the attribute `disabled`: that would take the focus away from who pressed it.
    this.#button.setAttribute('aria-disabled', String(isBuying || stock === 0));
    setText(this.#button, isBuying ? 'Buying …' : stock === 0 ? 'Sold out' : 'Buy');
    this.#quantity.max = Math.max(1, Math.min(stock, MOST_QUANTITY));
    setText(this.#total, quantity > 1 ? `Together ${price(quantity * priceCents)}` : '');
    if (stock > 0 && this.#trouble.dataset.slug === 'out-of-stock' && quantity <= stock) this.#tell('');
  }

  #submit(event) {
    event.preventDefault();
    const book = this.#book();
    if (book.stock === 0 || this.#isBought || underWay(book.id)) return;
    const customer = this.#customer.value.trim();
    const request = { items: [{ book: book.id, quantity: this.#quantity.valueAsNumber }] };
    if (customer) request.customer = customer;
    this.#follow(buy(book.id, request, { title: book.title, priceCents: book.priceCents }));
  }

  /** What came of it is shown elsewhere, as an order; or here, when it was refused. */
  async #follow(buying) {
    this.#tell('');
    this.refresh();
    const { refused } = await buying.done;
    if (!refused) {
      this.#isBought = true; // the second click of a double click may come after the answer
      return;
    }
    this.#tell(words(refused), slug(refused));
    intention(this.#book().id); // another attempt is another intention
    this.refresh();
  }

  #tell(text, about = '') {
    this.#trouble.dataset.slug = about;
    setText(this.#trouble, text);
  }
}

// ---- orders

/** An order by its number or its key. */
export async function orderView(name, { signal }) {
  const { answer, key } = await findOrder(name, signal);
  if (!answer.ok) return troubleView(answer, 'Order', lookUpForm(name));
  const order = answer.body;
  if (order.key) remember({ ...orders().find((kept) => kept.key === key), key, number: order.number, at: order.at, totalCents: order.totalCents });
  const books = await ask(query('/books', { ids: order.items.map((item) => item.book).join(',') }), { signal });
  const titles = new Map((books.ok ? books.body.items : []).map((book) => [book.id, book.title]));
  return { title: `Order ${order.number}`, children: [receipt(order, titles), lookUpForm('')], started: () => seen(order.key) };
}

/** What is all digits may be either; a number is tried first. */
async function findOrder(name, signal) {
  if (/^[1-9]\d{0,15}$/.test(name)) {
    const answer = await ask(`/orders/${name}`, { signal });
    if (answer.ok || slug(answer.problem) !== 'unknown-order') return { answer };
  }
  return { answer: await ask(query('/orders', { key: name }), { signal }), key: name };
}

function receipt(order, titles) {
  const lines = order.items.map(({ book, quantity, priceCents }) => make('tr', {},
    make('td', {}, make('a', { href: `#/book/${book}`, text: titles.get(book) ?? `Book ${book}` })),
    make('td', { class: 'number', text: quantity.toLocaleString() }),
    make('td', { class: 'number', text: price(priceCents) }),
    make('td', { class: 'number', text: price(quantity * priceCents) })));
  return make('section', { class: 'receipt', 'aria-labelledby': 'heading' },
    make('h1', { id: 'heading', text: `Order ${order.number}` }),
    make('p', { class: 'confirmed', text: 'Confirmed: it is on the disks of a majority, and is not lost.' }),
    make('dl', {},
      ...fact('Number', make('span', { id: 'order-number', text: order.number })),
      ...(order.key ? fact('Key', make('code', { id: 'order-key', text: order.key })) : []),
      ...(order.customer ? fact('For', order.customer) : []),
      ...fact('Bought', moment(order.at))),
    make('table', {},
      make('thead', {}, make('tr', {}, ...['Book', 'Quantity', 'Each', 'Sum'].map((text, i) => make('th', { scope: 'col', class: i ? 'number' : null, text })))),
      make('tbody', {}, ...lines),
      make('tfoot', {}, make('tr', {}, make('th', { scope: 'row', colspan: 3, text: 'Total' }), make('td', { class: 'number', text: price(order.totalCents) })))),
    order.key ? make('p', { class: 'hint', text: 'The key shows this order with its name, to whoever has it; the number alone shows it without.' }) : null);
}

function fact(name, value) {
  return [make('dt', { text: name }), make('dd', {}, value)];
}

function lookUpForm(text) {
  const field = make('input', { id: 'look-up', type: 'text', value: text, maxlength: 64, required: true, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const open = (event) => {
    event.preventDefault();
    location.hash = `#/order/${encodeURIComponent(field.value.trim())}`;
  };
  return make('form', { class: 'look-up', onsubmit: open },
    make('h2', { text: 'Look an order up' }),
    make('div', { class: 'row' }, make('label', { for: 'look-up', text: 'Order number or key' }), field, make('button', { type: 'submit', class: 'quiet', text: 'Look up' })));
}

/** This browser's own orders; those of a customer, for the administrator. */
export async function ordersView() {
  const own = orders();
  return {
    title: 'Your orders',
    children: [
      make('section', { 'aria-labelledby': 'heading' },
        make('h1', { id: 'heading', text: 'Your orders' }),
        own.length
          ? make('ul', { class: 'orders' }, ...own.map(ownOrder))
          : make('p', { class: 'hint', text: 'Nothing was bought with this browser yet. It keeps the keys of its orders here; nobody else can see them.' })),
      lookUpForm(''),
      customerForm(),
    ],
    started: () => {},
  };
}

function ownOrder({ key, number, title, at, asked, totalCents }) {
  return make('li', {},
    make('a', { href: `#/order/${encodeURIComponent(key)}`, text: number ? `Order ${number}` : 'Not confirmed yet' }),
    make('span', { class: 'what', text: title ?? '' }),
    at || asked ? moment(at ?? asked) : '',
    make('span', { class: 'price', text: totalCents === undefined ? '' : price(totalCents) }));
}

function customerForm() {
  const customer = make('input', { id: 'whose', type: 'text', maxlength: 200, required: true, autocomplete: 'off' });
  const token = make('input', { id: 'token', type: 'password', required: true, autocomplete: 'off' });
  const found = make('ul', { class: 'orders' });
  const said = make('p', { class: 'hint', role: 'status' });
  const more = make('button', { type: 'button', class: 'more quiet', text: 'Show more', hidden: true });
  let next;
  const page = async (after) => {
    const answer = await ask(query('/orders', { customer: customer.value.trim(), limit: PAGE, after }), { headers: { Authorization: `Bearer ${token.value}` } });
    if (!after) found.replaceChildren();
    said.textContent = !answer.ok ? words(answer.problem) : found.children.length + answer.body.items.length === 0 ? 'No orders under this name.' : '';
    if (answer.ok) found.append(...answer.body.items.map(ownOrder));
    next = answer.ok ? answer.body.next : undefined;
    more.hidden = !next;
  };
  more.addEventListener('click', () => page(next));
  return make('details', { class: 'admin' },
    make('summary', { text: 'A customer’s orders, for the administrator' }),
    make('form', { onsubmit: (event) => { event.preventDefault(); page(); } },
      make('div', { class: 'row' }, make('label', { for: 'whose', text: 'Customer' }), customer),
      make('div', { class: 'row' }, make('label', { for: 'token', text: 'Token' }), token),
      make('button', { type: 'submit', class: 'quiet', text: 'Show the orders' })),
    said, found, more);
}

function troubleView(answer, what, ...further) {
  return {
    title: what,
    children: [
      make('section', { 'aria-labelledby': 'heading' },
        make('h1', { id: 'heading', text: what }),
        make('p', { class: 'trouble', role: 'alert', text: words(answer.problem) }),
        answer.again ? make('button', { type: 'button', class: 'quiet', text: 'Try again', onclick: () => window.dispatchEvent(new Event('hashchange')) }) : null),
      ...further,
    ],
    started: () => {},
  };
}
