// One intention to buy, one key: made when the form is shown, kept until the receipt has been seen or
// the buy was refused, and asked again with, over timeouts, failures and reloads. So nothing is ever
// bought twice.

import { ask, newKey, slug, words } from '/assets/pygmy-http.js';

const INTENTION = 'pygmy.buy.';
const ORDERS = 'pygmy.orders';
const MOST_ORDERS = 200;
const FIRST_WAIT_MILLIS = 400;
const LONGEST_WAIT_MILLIS = 5000;

/** Refusals of a request whose key may have bought something before: in another tab, say. */
const MAY_BE_BOUGHT = ['key-conflict', 'key-too-old'];

/** A storage that a browser may refuse; then it lasts as long as the page. */
function storage(name) {
  try {
    const kept = window[name];
    kept.setItem('pygmy.test', '');
    kept.removeItem('pygmy.test');
    return kept;
  } catch {
    const memory = new Map();
    return {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => memory.set(key, value),
      removeItem: (key) => memory.delete(key),
      key: (i) => [...memory.keys()][i] ?? null,
      get length() { return memory.size; },
    };
  }
}

const session = storage('sessionStorage');
const local = storage('localStorage');
const running = new Map();
const sold = new Set();
const watchers = new Set();

function read(store, name) {
  try {
    return JSON.parse(store.getItem(name));
  } catch {
    return null;
  }
}

function write(store, name, value) {
  try {
    store.setItem(name, JSON.stringify(value));
  } catch { /* full: it then lasts as long as this page */ }
}

/** The key for buying this book now: of the form that was shown last, unless that was decided. */
export function intention(book) {
  const kept = running.get(book)?.intention ?? read(session, INTENTION + book);
  if (kept?.key && !sold.has(kept.key)) return kept;
  const fresh = { key: newKey(), book };
  write(session, INTENTION + book, fresh);
  return fresh;
}

/** The buy of this book that is under way, if any. */
export function underWay(book) {
  return running.get(book);
}

/** All that are under way. */
export function allUnderWay() {
  return [...running.values()];
}

/** Calls back when a buy begins, is asked again, or ends. */
export function watchBuys(watcher) {
  watchers.add(watcher);
}

/** Buys, unless this very buy is under way already. */
export function buy(book, request, shown) {
  const before = running.get(book);
  if (before) return before;
  const wanted = { ...intention(book), request, shown };
  write(session, INTENTION + book, wanted);
  remember({ key: wanted.key, title: shown.title, asked: new Date().toISOString() });
  return run(wanted);
}

/** Goes on with what a reload of the page interrupted. */
export function resume() {
  intentions().filter((kept) => kept.request && !running.has(kept.book)).forEach(run);
}

/** The visitor has the receipt of this buy. */
export function seen(key) {
  intentions().filter((kept) => kept.key === key).forEach((kept) => session.removeItem(INTENTION + kept.book));
}

function intentions() {
  const names = [];
  for (let i = 0; i < session.length; i++) names.push(session.key(i));
  return names.filter((name) => name.startsWith(INTENTION)).map((name) => read(session, name)).filter(Boolean);
}

function run(wanted) {
  const buying = { intention: wanted, attempts: 0, trouble: '', outcome: null };
  running.set(wanted.book, buying);
  buying.done = decide(buying).then((outcome) => {
    buying.outcome = outcome;
    running.delete(wanted.book);
    if (outcome.order) sold.add(wanted.key); // kept: this page may be on its way out
    else session.removeItem(INTENTION + wanted.book);
    tell(buying);
    return outcome;
  });
  tell(buying);
  return buying;
}

async function decide(buying) {
  const { key, request, shown } = buying.intention;
  for (;;) {
    buying.attempts++;
    const answer = await ask('/orders', { method: 'POST', body: request, headers: { 'Idempotency-Key': key } });
    if (answer.ok) {
      const order = answer.body;
      remember({ key, title: shown.title, number: order.number, at: order.at, totalCents: order.totalCents });
      return { order, replayed: answer.replayed };
    }
    if (!answer.again) {
      if (!MAY_BE_BOUGHT.includes(slug(answer.problem))) forget(key);
      return { refused: answer.problem };
    }
    buying.trouble = words(answer.problem);
    tell(buying);
    const wait = Math.min(FIRST_WAIT_MILLIS * 2 ** (buying.attempts - 1), LONGEST_WAIT_MILLIS);
    await new Promise((resume) => setTimeout(resume, Math.max(wait, answer.afterMillis)));
  }
}

function tell(buying) {
  watchers.forEach((watcher) => watcher(buying));
}

/** This browser's own orders, the latest first; one without a number is not confirmed yet. */
export function orders() {
  const kept = read(local, ORDERS);
  return Array.isArray(kept) ? kept : [];
}

/** Keeps an order of this browser under its key. */
export function remember(order) {
  const others = orders().filter((other) => other.key !== order.key);
  write(local, ORDERS, [order, ...others].slice(0, MOST_ORDERS));
}

/** It did not come to be. */
export function forget(key) {
  write(local, ORDERS, orders().filter((order) => order.key !== key));
}
