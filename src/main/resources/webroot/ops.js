// The operations page: what /cluster and /events of this frontend tell, drawn once a second.

import { chart } from '/assets/chart.js';
import { administration } from '/assets/admin.js';
import { at, make } from '/assets/pygmy-dom.js';
import { ask } from '/assets/pygmy-http.js';
import { Stream } from '/assets/pygmy-stream.js';

const POLL_MILLIS = 1000;
const PATIENCE_MILLIS = 1500;
const POINTS = 120;
const MAX_EVENTS = 200;
const MAX_TITLES = 500;
const MAX_TITLES_ASKED = 4;
const GONE_MILLIS = 10 * 60 * 1000;
const UNSEEN_MILLIS = 5000;

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
let marks = []; // {when, kind}
let lostSince = null;
let previous = null; // {at, nodes}
const ownUrl = location.origin;

// ---- what happened

const tell = (words, kind = '') => {
  const list = at('events');
  at('quiet').hidden = true;
  const now = new Date();
  list.prepend(make('li', {}, make('time', { text: clock(now), datetime: now.toISOString() }), make('span', { class: kind }, ...words)));
  while (list.children.length > MAX_EVENTS) list.lastElementChild.remove();
};
const mark = kind => marks.push({ when: Date.now(), kind });
const strong = text => make('b', { text });

const titles = new Map();
let titlesAsked = 0;

/** A book by its title, unless that is not known, and too many others are being asked for. */
const titled = async book => {
  if (!titles.has(book) && titlesAsked < MAX_TITLES_ASKED) {
    titlesAsked++;
    const answer = await ask(`/books/${book}`, { patienceMillis: PATIENCE_MILLIS });
    titlesAsked--;
    if (answer.ok) titles.set(book, answer.body.title);
    if (titles.size > MAX_TITLES) titles.delete(titles.keys().next().value);
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

let hiddenSince = null;
const listen = lastId => new Stream({
  parameters: { kinds: 'leader,replica,out-of-stock,restock' },
  lastId,
  hear: { hello: () => {}, ...told },
  turned: state => {
    if (state === 'hidden') {
      hiddenSince ??= new Date();
    } else if (state === 'open' && hiddenSince !== null) {
      // of books the stream tells what was missed, of replicas nobody does
      if (Date.now() - hiddenSince > UNSEEN_MILLIS) tell([`What replicas did since ${clock(hiddenSince)} was not seen: this page was hidden`], 'muted');
      hiddenSince = null;
    }
  },
});

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
  marks = marks.filter(({ when }) => now - when < POINTS * 1000);
  const shown = marks.map(({ when, kind }) => ({ ago: (now - when) / 1000, kind }));
  drawRates(rows.rates, shown);
  drawLatency(rows.latency, shown);
};

const leaderOf = nodes => nodes
  .flatMap(node => node.replicas.filter(r => r.service === 'catalog' && r.role === 'leader').map(replica => ({ node, replica })))
  .sort((a, b) => b.replica.term - a.replica.term)[0];

const tile = (name, value, more = '') =>
  make('div', {}, make('dt', { text: name }), make('dd', {}, value, more ? make('small', { text: ` ${more}` }) : null));

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
  const card = make('article', { class: `card node${isLeader ? ' leads' : ''}${gone ? ' gone' : ''}` });
  const head = make('header', {}, make('h3', { text: node.node }), make('span', { class: `badge ${kind}`, text: word }));
  if (node.url === ownUrl) head.append(make('span', { class: 'badge', text: 'this page' }));
  if (node.url) head.append(make('a', { href: `${node.url}/ops`, text: node.url.replace(/^https?:\/\//, '') }));
  card.append(head);
  if (why) card.append(make('p', { class: 'small muted', text: why }));
  if (node.replicas.length) {
    const table = make('table', {}, make('thead', {}, make('tr', {},
      ...['Replica', 'Role'].map(text => make('th', { scope: 'col', text })),
      ...['Term', 'Applied', 'Lag'].map(text => make('th', { scope: 'col', class: 'num', text })))));
    table.append(make('tbody', {}, ...node.replicas.map(r => make('tr', {},
      make('td', { text: r.service }), make('td', { text: r.role }),
      make('td', { class: 'num', text: r.term || '–' }),
      make('td', { class: 'num', text: whole.format(r.appliedIndex) }),
      make('td', { class: 'num', text: whole.format(r.lag) })))));
    card.append(make('div', { class: 'scroll' }, table));
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
  const since = stream.lastId ? `?since=${encodeURIComponent(stream.lastId)}` : '';
  const links = others().flatMap(({ node, url }, i) => [i ? ', ' : '', make('a', { href: `${url}/ops${since}`, text: `${node} (${url.replace(/^https?:\/\//, '')})` })]);
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
  }
  at('link').className = 'badge good';
  at('link').textContent = 'live';
};

const look = async () => {
  const begin = Date.now();
  const answer = await ask('/cluster', { patienceMillis: PATIENCE_MILLIS });
  setTimeout(look, Math.max(0, POLL_MILLIS - (Date.now() - begin)));
  if (answer.ok) {
    found();
    draw(answer.body, Date.now());
  } else {
    lost();
  }
};

const from = new URLSearchParams(location.search).get('since') ?? '';
if (from) history.replaceState(null, '', location.pathname);
const stream = listen(from);
administration();
look();
