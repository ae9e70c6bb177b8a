// The operations page: what /cluster and /events of this frontend tell, drawn once a second.

import { chart } from '/assets/chart.js';
import { administration } from '/assets/admin.js';

const POLL_MILLIS = 1000;
const PATIENCE_MILLIS = 1500;
const POINTS = 120;
const MAX_EVENTS = 200;
const GONE_MILLIS = 10 * 60 * 1000;

const at = id => document.getElementById(id);
const make = (name, { text, ...properties } = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
};

const whole = new Intl.NumberFormat('en');
const count = value => value >= 100 ? whole.format(Math.round(value)) : `${+value.toFixed(1)}`;
const millis = micros => {
  if (micros === 0) return '–';
  if (micros >= 1e6) return `${+(micros / 1e6).toFixed(2)} s`;
  return `${(micros / 1000).toFixed(micros < 1000 ? 2 : micros < 10000 ? 1 : 0)} ms`;
};
const clock = date => date.toLocaleTimeString('en-GB');

const known = new Map(); // node name → {last, before, seenAt, gone}
const rows = { rates: [], latency: [] };
const marks = []; // {at, kind}
let lostSince = null;
let previous = null; // {at, nodes}
const ownUrl = location.origin;

// ---- what happened

const tell = (words, kind = '') => {
  const list = at('events');
  at('quiet').hidden = true;
  const now = new Date();
  list.prepend(make('li', {}, make('time', { text: clock(now), dateTime: now.toISOString() }), make('span', { className: kind }, ...words)));
  while (list.children.length > MAX_EVENTS) list.lastElementChild.remove();
};
const mark = kind => marks.push({ at: Date.now(), kind });
const strong = text => make('b', { text });

const titles = new Map();
const titled = async book => {
  if (!titles.has(book)) {
    if (titles.size > 500) titles.clear();
    try {
      const answer = await fetch(`/books/${book}`, { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
      if (answer.ok) titles.set(book, (await answer.json()).title);
    } catch { /* then without its title */ }
  }
  return titles.has(book) ? `“${titles.get(book)}”` : `book ${book}`;
};

const told = {
  leader: ({ replica, node, term }) => {
    mark('leader');
    tell([strong(replica), ` leads${node === replica ? '' : ` on ${node}`}, term ${term}`], 'warn');
  },
  replica: ({ replica, service, state }) => {
    const kinds = { gone: 'bad', 'not-ready': 'warn', ready: 'good', back: 'good' };
    const words = { gone: 'is gone', 'not-ready': 'is not ready', ready: 'is ready', back: 'is back' };
    if (state === 'gone') mark('gone');
    tell([`${service} replica `, strong(replica), ` ${words[state]}`], kinds[state]);
  },
  'out-of-stock': async ({ book }) => tell([strong(await titled(book)), ' is sold out'], 'warn'),
  restock: async ({ book, stock }) => tell([strong(await titled(book)), ` is restocked: ${whole.format(stock)} now`], 'good'),
  reset: () => tell(['This page may have missed something'], 'muted'),
};

let lastId = '';
let stream = null;
const listen = () => {
  const since = lastId ? `&lastEventId=${encodeURIComponent(lastId)}` : '';
  stream = new EventSource(`/events?kinds=leader,replica,out-of-stock,restock${since}`);
  stream.addEventListener('hello', event => { lastId = event.lastEventId; });
  for (const [kind, hear] of Object.entries(told)) {
    stream.addEventListener(kind, event => {
      lastId = event.lastEventId || lastId;
      hear(JSON.parse(event.data));
    });
  }
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000); // an answer, but no stream
  });
};

// ---- figures

const sum = (nodes, value) => nodes.reduce((all, node) => all + (value(node) ?? 0), 0);

/** How much a counter rose, a second, between two looks; a node that started anew counts from 0. */
const rate = (now, before, seconds, counter) => sum(now, node => {
  const old = before.find(one => one.node === node.node);
  if (!old) return 0;
  const rise = counter(node) - counter(old);
  return (rise < 0 ? counter(node) : rise) / seconds;
});

const hitRatio = (nodes, before) => {
  const rise = names => sum(nodes, node => {
    const old = before?.find(one => one.node === node.node)?.cache;
    return node.cache ? names.reduce((all, name) => all + Math.max(0, node.cache[name] - (old?.[name] ?? 0)), 0) : 0;
  });
  const all = rise(['localHits', 'sharedHits', 'misses', 'suspendedReads']);
  return all === 0 ? null : rise(['localHits', 'sharedHits']) / all;
};
const percent = ratio => ratio === null ? '–' : `${(100 * ratio).toFixed(ratio > 0.9995 ? 0 : 1)} %`;

const drawRates = chart(at('rates'), {
  title: 'Requests a second', points: POINTS, least: 10, write: count,
  series: [{ name: 'reads', style: 's1' }, { name: 'buys', style: 's2' }, { name: 'problems', style: 's3' }],
});
const drawLatency = chart(at('latency'), {
  title: 'Latency', points: POINTS, least: 1000, write: micros => micros === 0 ? '0' : millis(micros),
  series: [{ name: 'buys p99', style: 's2' }, { name: 'buys p50', style: 's4' }, { name: 'reads p99', style: 's1' }],
});

const push = (list, row) => {
  list.push(row);
  if (list.length > POINTS) list.shift();
};
const drawCharts = () => {
  const now = Date.now();
  const shown = marks.map(({ at: when, kind }) => ({ ago: (now - when) / 1000, kind }));
  drawRates(rows.rates, shown);
  drawLatency(rows.latency, shown);
};

const leaderOf = nodes => nodes
  .flatMap(node => node.replicas.filter(r => r.service === 'catalog' && r.role === 'leader').map(replica => ({ node, replica })))
  .sort((a, b) => b.replica.term - a.replica.term)[0];

const tile = (name, value, more = '') =>
  make('div', {}, make('dt', { text: name }), make('dd', {}, value, ...(more ? [make('small', { text: ` ${more}` })] : [])));

const drawTiles = (nodes, rates, latency, ratio) => {
  const leader = leaderOf(nodes);
  const replicas = nodes.flatMap(node => node.replicas);
  const ready = replicas.filter(replica => replica.ready).length;
  const fronts = nodes.filter(node => node.frontend);
  at('tiles').replaceChildren(
    tile('Leader', leader ? leader.replica.replica : 'nobody', leader ? `term ${leader.replica.term}` : ''),
    tile('Replicas ready', `${ready}`, `of ${replicas.length + sum([...known.values()].filter(n => n.gone), n => n.last.replicas.length)}`),
    tile('Buys a second', count(rates?.[1] ?? 0)),
    tile('Reads a second', count(rates?.[0] ?? 0)),
    tile('Buys p99', millis(latency?.[0] ?? 0)),
    tile('From caches', percent(ratio)),
    tile('Leases', `${nodes.filter(node => node.cache?.leased).length}`, `of ${fronts.length}`),
    tile('In flight', `${sum(fronts, node => node.frontend.inFlight)}`, leader?.node.leading ? `${leader.node.leading.openWrites} at the leader` : ''));
};

const state = ({ gone, last }, leader) => {
  if (gone) return ['gone', 'bad', `gone since ${clock(new Date(gone))}`];
  const waiting = last.replicas.filter(replica => !replica.ready);
  if (waiting.length) return ['not ready', 'warn', waiting.map(r => `${r.service}: ${r.detail ?? 'not ready'}`).join('; ')];
  return last.node === leader?.node.node ? ['leads', 'good', ''] : ['ready', 'good', ''];
};

const drawNode = (entry, leader, seconds) => {
  const { last: node, before, gone } = entry;
  const [word, kind, why] = state(entry, leader);
  const isLeader = !gone && node.node === leader?.node.node;
  const card = make('article', { className: `card node${isLeader ? ' leads' : ''}${gone ? ' gone' : ''}` });
  const head = make('header', {}, make('h3', { text: node.node }), make('span', { className: `badge ${kind}`, text: word }));
  if (node.url === ownUrl) head.append(make('span', { className: 'badge', text: 'this page' }));
  if (node.url) head.append(make('a', { href: `${node.url}/ops`, text: node.url.replace(/^https?:\/\//, '') }));
  card.append(head);
  if (why) card.append(make('p', { className: 'small muted', text: why }));
  if (node.replicas.length) {
    const table = make('table', {}, make('thead', {}, make('tr', {},
      ...['Replica', 'Role'].map(text => make('th', { scope: 'col', text })),
      ...['Term', 'At', 'Lag'].map(text => make('th', { scope: 'col', className: 'num', text })))));
    table.append(make('tbody', {}, ...node.replicas.map(r => make('tr', {},
      make('td', { text: r.service }), make('td', { text: r.role }),
      make('td', { className: 'num', text: r.term || '–' }),
      make('td', { className: 'num', text: whole.format(r.appliedIndex) }),
      make('td', { className: 'num', text: whole.format(r.lag) })))));
    card.append(make('div', { className: 'scroll' }, table));
  }
  if (node.frontend) {
    const figures = make('dl');
    const figure = (name, value) => figures.append(make('div', {}, make('dt', { text: name }), make('dd', { text: value })));
    const of = counter => before && !gone ? count(rate([node], [before], seconds, counter)) : '–';
    figure('Buys/s', of(n => n.frontend.buys));
    figure('Reads/s', of(n => n.frontend.reads));
    figure('Refused/s', of(n => n.frontend.refusals));
    figure('Buys p99', millis(gone ? 0 : node.frontend.buyMicros.p99));
    figure('From cache', percent(hitRatio([node], before ? [before] : null)));
    figure('Lease', gone || !node.cache ? '–' : node.cache.leased ? 'held' : 'none');
    if (node.leading && !gone) figure('Leases given', `${node.leading.holders}`);
    card.append(figures);
  }
  return card;
};

const draw = ({ nodes }, now) => {
  const seconds = previous ? (now - previous.at) / 1000 : 1;
  for (const node of nodes) {
    const old = known.get(node.node);
    known.set(node.node, { last: node, before: old?.gone ? null : old?.last, gone: null });
  }
  for (const [name, entry] of known) {
    if (!nodes.some(node => node.node === name)) {
      entry.gone ??= now;
      if (now - entry.gone > GONE_MILLIS) known.delete(name);
    }
  }
  const fronts = nodes.filter(node => node.frontend);
  const before = previous?.nodes.filter(node => node.frontend) ?? null;
  const rates = before && ['reads', 'buys', 'problems'].map(name => rate(fronts, before, seconds, node => node.frontend[name]));
  const worst = (kind, part) => Math.max(0, ...fronts.map(node => node.frontend[kind][part]));
  const latency = [worst('buyMicros', 'p99'), worst('buyMicros', 'p50'), worst('readMicros', 'p99')];
  const leader = leaderOf(nodes);
  push(rows.rates, rates ?? [null, null, null]);
  push(rows.latency, latency.map(value => value || null));
  drawTiles(nodes, rates, latency, hitRatio(nodes, previous?.nodes));
  drawCharts();
  at('nodes').replaceChildren(...[...known.values()]
    .sort((a, b) => a.last.node.localeCompare(b.last.node))
    .map(entry => drawNode(entry, leader, seconds)));
  previous = { at: now, nodes };
};

// ---- when this page's own frontend does not answer

const others = () => [...known.values()].filter(({ last, gone }) => last.url && last.url !== ownUrl && !gone).map(({ last }) => last);

const lost = () => {
  if (lostSince === null) {
    lostSince = Date.now();
    mark('gone');
    tell(['The frontend of this page, ', strong(location.host), ', does not answer'], 'bad');
  }
  const since = `?since=${encodeURIComponent(lastId)}`;
  const links = others().flatMap(({ node, url }, i) => [i ? ', ' : '', make('a', { href: `${url}/ops${lastId ? since : ''}`, text: `${node} (${url.replace(/^https?:\/\//, '')})` })]);
  const box = at('lost');
  if (box.hidden || box.dataset.links !== `${links.length}`) {
    box.dataset.links = `${links.length}`;
    box.replaceChildren(
      make('p', { text: `This page's frontend, ${location.host}, does not answer since ${clock(new Date(lostSince))}. What is shown is as old. It is asked again every second.` }),
      ...(links.length ? [make('p', {}, 'The shop goes on: watch it at ', ...links, '.')] : []));
    box.hidden = false;
  }
  at('link').className = 'badge bad';
  at('link').textContent = 'no answer';
  push(rows.rates, [null, null, null]);
  push(rows.latency, [null, null, null]);
  drawCharts();
};

const found = () => {
  if (lostSince !== null) {
    lostSince = null;
    at('lost').hidden = true;
    tell(['The frontend of this page answers again'], 'good');
    if (stream.readyState === EventSource.CLOSED) listen();
  }
  at('link').className = 'badge good';
  at('link').textContent = 'live';
};

const look = async () => {
  const begin = Date.now();
  try {
    const answer = await fetch('/cluster', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const cluster = await answer.json();
    found();
    draw(cluster, Date.now());
  } catch (failure) {
    if (failure instanceof TypeError || failure.name === 'TimeoutError' || failure.name === 'AbortError' || failure.message.startsWith('status')) lost();
    else throw failure;
  } finally {
    setTimeout(look, Math.max(0, POLL_MILLIS - (Date.now() - begin)));
  }
};

const from = new URLSearchParams(location.search).get('since');
if (from) {
  lastId = from;
  history.replaceState(null, '', location.pathname);
}
administration();
listen();
look();
