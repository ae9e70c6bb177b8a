// Administration: each form asks once, under a key of its own, and says in words what came of it.

import { at, price } from '/assets/pygmy-dom.js';
import { ask, newKey, slug, words } from '/assets/pygmy-http.js';

const TOKEN = 'pygmy.admin.token';

/** What a problem means to an administrator, where that differs from what it means to a visitor. */
const WORDS = {
  invalid: (problem) => `Not taken: ${(problem.errors ?? []).map(({ path, message }) => `${path.replace(/^\$\.(items\[0\]\.)?/, '')} ${message}`).join('; ') || problem.detail}`,
  'too-many-requests': () => 'Too many wrong tokens came from this address, so none is looked at for a while. Wait a minute, and try again.',
  'key-conflict': () => 'Something else was asked for before under the same key. Try again.',
  'key-too-old': () => 'This took too long to be decided. Try again.',
};
const AGAIN = 'Press the button again: it is done once, however often you ask.';

const say = (text, kind = '') => {
  const said = at('said');
  said.className = `note ${kind}`;
  said.textContent = text;
  said.hidden = false;
};

/** The key of what is asked for stays until its outcome is known: asking again is no second time. */
const keys = new Map();

const carryOut = async (method, path, body) => {
  const intention = `${method} ${path} ${JSON.stringify(body)}`;
  if (!keys.has(intention)) keys.set(intention, newKey());
  const answer = await ask(path, {
    method,
    headers: { Authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ''}`, 'Idempotency-Key': keys.get(intention) },
    body,
  });
  if (!answer.again) keys.delete(intention);
  if (answer.ok) return answer.body;
  say(answer.again ? `${words(answer.problem, WORDS)} ${AGAIN}` : words(answer.problem, WORDS), answer.again ? 'bad' : 'warn');
  return null;
};

/** A whole number, or a complaint about the field. */
const number = (input, name) => {
  const text = input.value.trim();
  const valid = /^[0-9]{1,12}$/.test(text);
  input.setAttribute('aria-invalid', `${!valid}`);
  if (!valid) {
    say(`${name} must be a whole number.`, 'warn');
    input.focus();
    return null;
  }
  return Number(text);
};

const show = book => {
  at('book-shown').textContent = `${book.title}, ${book.author}. ${book.topic}. Price ${price(book.priceCents)}, ${book.stock} in stock.`;
};

const look = async id => {
  const answer = await ask(`/books/${id}`);
  if (answer.ok) show(answer.body);
  else at('book-shown').textContent = slug(answer.problem) === 'unknown-book' ? 'There is no such book.' : '';
};

const changes = {
  price: async (id, form) => {
    const cents = number(form.priceCents, 'The price');
    const book = cents === null ? null : await carryOut('PATCH', `/books/${id}`, { priceCents: cents });
    if (book) say(`“${book.title}” costs ${price(book.priceCents)} now.`, 'good');
    return book;
  },
  stock: async (id, form) => {
    const units = number(form.stock, 'The stock');
    const book = units === null ? null : await carryOut('PATCH', `/books/${id}`, { stock: units });
    if (book) say(`“${book.title}”: ${book.stock} on the shelf now.`, 'good');
    return book;
  },
  restock: async (id, form) => {
    const units = number(form.quantity, 'The number of units');
    const book = units === null ? null : await carryOut('POST', `/books/${id}/restock`, { quantity: units });
    if (book) say(`${units} were put on the shelf.`, 'good');
    return book;
  },
};

const submitting = (form, act) => form.addEventListener('submit', async event => {
  event.preventDefault();
  const buttons = form.querySelectorAll('button');
  buttons.forEach(button => { button.disabled = true; });
  try {
    await act(event.submitter);
  } finally {
    buttons.forEach(button => { button.disabled = false; });
  }
});

export const administration = () => {
  const open = () => {
    const isKnown = Boolean(sessionStorage.getItem(TOKEN));
    at('admin').hidden = !isKnown;
    at('token-forget').hidden = !isKnown;
  };
  at('token-form').addEventListener('submit', event => {
    event.preventDefault();
    const token = at('token').value.trim();
    if (!/^[\x21-\x7e]+$/.test(token)) {
      say('A token has no blanks and no letters outside of ASCII.', 'warn');
      return;
    }
    sessionStorage.setItem(TOKEN, token);
    at('token').value = '';
    say('Used from now on, by this tab.');
    open();
  });
  at('token-forget').addEventListener('click', () => {
    sessionStorage.removeItem(TOKEN);
    at('token').value = '';
    say('Forgotten.');
    open();
  });
  const books = at('book-form').elements;
  books.id.addEventListener('change', () => {
    if (/^[1-9][0-9]*$/.test(books.id.value.trim())) look(books.id.value.trim());
  });
  submitting(at('book-form'), async button => {
    const id = number(books.id, 'The number of the book');
    if (id !== null && await changes[button?.value ?? 'price'](id, books)) await look(id);
  });
  const added = at('add-form').elements;
  submitting(at('add-form'), async () => {
    const cents = number(added.priceCents, 'The price');
    const stock = cents === null ? null : number(added.stock, 'The stock');
    if (stock === null) return;
    const book = { title: added.title.value.trim(), author: added.author.value.trim(), topic: added.topic.value.trim(), priceCents: cents, stock };
    const made = await carryOut('POST', '/books', book);
    if (made) {
      say(`“${made.title}” is book ${made.id}.`, 'good');
      at('add-form').reset();
    }
  });
  open();
};
