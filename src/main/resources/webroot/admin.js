// Administration: each form asks once, under a key of its own, and says in words what came of it.

const TOKEN = 'pygmy.admin.token';
const PATIENCE_MILLIS = 8000;

const at = id => document.getElementById(id);
const money = cents => (cents / 100).toFixed(2);

/** Of 128 random bits: also where a page without HTTPS has no randomUUID. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

const WORDS = {
  'unknown-book': () => 'There is no such book.',
  'book-exists': () => 'Another book has this number, and is described differently.',
  'shelf-full': () => 'The shelf cannot take so many units. Nothing was changed.',
  'invalid': problem => `Not taken: ${(problem.errors ?? []).map(({ path, message }) => `${path.replace(/^\$\.(items\[0\]\.)?/, '')} ${message}`).join('; ') || problem.detail}`,
  'unauthorized': () => 'This is not the administrator’s token.',
  'too-many-requests': () => 'Too many wrong tokens came from this address, so none is looked at for a while. Wait a minute, and try again.',
  'version-mismatch': () => 'The book has changed meanwhile. Look at it and try again.',
  'key-conflict': () => 'Something else was asked for before under the same key. Try again.',
  'key-too-old': () => 'This took too long to be decided. Try again.',
  'overloaded': () => 'There is too much to do just now. Nothing was changed by this attempt: try again in a moment.',
  'unavailable': problem => `The catalog cannot be reached: ${problem.detail} Try again in a moment.`,
  'outcome-unknown': () => 'It may or may not have happened. Press the button again: it is done once, however often you ask.',
};

const say = (text, kind = '') => {
  const said = at('said');
  said.className = `note ${kind}`;
  said.textContent = text;
  said.hidden = false;
};

const inWords = problem => {
  const slug = (problem.type ?? '').split('/').pop();
  return WORDS[slug] ? WORDS[slug](problem) : problem.detail ?? problem.title ?? 'It did not work.';
};

/** The key of what is asked for stays until its outcome is known: asking again is no second time. */
const keys = new Map();

const ask = async (method, path, body) => {
  const intention = `${method} ${path} ${JSON.stringify(body)}`;
  if (!keys.has(intention)) keys.set(intention, newKey());
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        'Authorization': `Bearer ${sessionStorage.getItem(TOKEN) ?? ''}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': keys.get(intention),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
  } catch {
    say('This frontend does not answer, so it may or may not have happened. Press the button again: it is done once, however often you ask.', 'bad');
    return null;
  }
  const json = await answer.json().catch(() => ({}));
  if (answer.ok) {
    keys.delete(intention);
    return json;
  }
  // Not when nothing was decided: an attempt before, whose outcome is not known, had the same key.
  if (answer.status < 500 && answer.status !== 429) keys.delete(intention);
  say(inWords(json), answer.status < 500 ? 'warn' : 'bad');
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
  at('book-shown').textContent = `${book.title}, ${book.author}. ${book.topic}. Price ${money(book.priceCents)}, ${book.stock} in stock.`;
};

const look = async id => {
  const answer = await fetch(`/books/${id}`).catch(() => null);
  const shown = answer?.ok ? await answer.json() : null;
  if (shown) show(shown);
  else at('book-shown').textContent = answer?.status === 404 ? 'There is no such book.' : '';
};

const changes = {
  price: async (id, form) => {
    const cents = number(form.priceCents, 'The price');
    const book = cents === null ? null : await ask('PATCH', `/books/${id}`, { priceCents: cents });
    if (book) say(`“${book.title}” costs ${money(book.priceCents)} now.`, 'good');
    return book;
  },
  stock: async (id, form) => {
    const units = number(form.stock, 'The stock');
    const book = units === null ? null : await ask('PATCH', `/books/${id}`, { stock: units });
    if (book) say(`“${book.title}”: ${book.stock} on the shelf now.`, 'good');
    return book;
  },
  restock: async (id, form) => {
    const units = number(form.quantity, 'The number of units');
    const book = units === null ? null : await ask('POST', `/books/${id}/restock`, { quantity: units });
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
  const open = () => { at('admin').hidden = !sessionStorage.getItem(TOKEN); };
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
    const made = await ask('POST', '/books', book);
    if (made) {
      say(`“${made.title}” is book ${made.id}.`, 'good');
      at('add-form').reset();
    }
  });
  open();
};
