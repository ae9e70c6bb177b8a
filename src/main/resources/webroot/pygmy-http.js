// Asking the shop, and what its answers mean. For all pages.

const PATIENCE_MILLIS = 8000;

/** What each problem type means to a visitor; the detail of the answer follows for those that need it. */
const WORDS = {
  'unknown-book': () => 'There is no such book. It may never have been in this shop.',
  'unknown-order': () => 'No order is known under that. Check the number or the key.',
  'unknown-replica': () => 'There is no such replica.',
  'unknown-route': () => 'There is nothing at this address.',
  'out-of-stock': (problem) => {
    const left = Math.min(...(problem.books ?? []).map((book) => book.left));
    return left > 0 && Number.isFinite(left)
      ? `Only ${left} left: nothing was bought. Choose fewer and buy again.`
      : 'Sold out: nothing was bought. This page tells when it is back.';
  },
  'book-exists': () => 'Another book has this number, and is described differently.',
  'members-refused': (problem) => `The replicas stay as they are. ${problem.detail ?? ''}`,
  'shelf-full': () => 'The shelf cannot take so many units. Nothing was changed.',
  invalid: (problem) => `That cannot be right: ${problem.detail ?? 'check what you typed.'}`,
  'key-conflict': () => 'This was ordered already with another quantity, perhaps in another tab: see “Your orders”. Nothing more was bought.',
  'key-too-old': () => 'This attempt is too old to be decided. Look the order up by its key; if there is none, buy again.',
  'version-mismatch': () => 'The book has changed meanwhile. Look at it again first.',
  unauthorized: () => 'The administrator’s token is needed for this, and this one is not it.',
  'method-not-allowed': () => 'The shop does not do that here.',
  'request-timeout': () => 'The request took too long to arrive. Try again.',
  'body-too-large': () => 'That is more than the shop takes at once.',
  'uri-too-long': () => 'That is more than the shop takes at once: use fewer words.',
  'unsupported-media-type': () => 'The shop cannot read what was sent.',
  'headers-too-large': () => 'The browser sent more than the shop takes: clear this site’s cookies.',
  'too-many-requests': () => 'Too many requests at once. It goes on in a moment.',
  internal: (problem) => `Something unforeseen went wrong${problem.requestId ? ` (request ${problem.requestId})` : ''}.`,
  overloaded: () => 'The shop has too much to do at the moment.',
  unavailable: () => 'The shop cannot reach its shelves at the moment.',
  'outcome-unknown': () => 'It is not known yet whether it went through.',
  unreachable: () => 'The shop does not answer.',
};

/** The last segment of a problem's type, by which it is told from others. */
export function slug(problem) {
  return (problem.type ?? '').split('/').pop();
}

/** A problem in words; those of `own`, by type, go before the usual ones. */
export function words(problem, own = {}) {
  const type = slug(problem);
  return (own[type] ?? WORDS[type] ?? (() => problem.title ?? 'The shop refused this.'))(problem);
}

/** A key for one intention: of 128 random bits, also where a page without HTTPS has no randomUUID. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Asks once. Never throws but when it was called off by `signal`.
 *
 * @return {{ok, body, problem, again, afterMillis, replayed}} `again`: the outcome is not known, or
 *     nothing was decided: the same may be asked again, a buy under its key
 */
export async function ask(path, { method = 'GET', headers = {}, body, signal, patienceMillis = PATIENCE_MILLIS } = {}) {
  const timeout = AbortSignal.timeout(patienceMillis);
  try {
    const response = await fetch(path, {
      method,
      headers: body ? { ...headers, 'Content-Type': 'application/json' } : headers,
      body: body && JSON.stringify(body),
      signal: signal ? either(signal, timeout) : timeout,
      cache: 'no-store',
    });
    const answer = await response.json();
    if (response.ok) {
      return { ok: true, body: answer, replayed: response.headers.get('Idempotent-Replayed') === 'true' };
    }
    return {
      ok: false,
      problem: answer,
      again: response.status >= 500 || response.status === 429 || response.status === 408,
      afterMillis: 1000 * Number(response.headers.get('Retry-After') ?? 0),
    };
  } catch (failure) {
    if (signal?.aborted) throw failure;
    return { ok: false, problem: { type: '/problems/unreachable' }, again: true, afterMillis: 0 };
  }
}

function either(one, other) {
  const controller = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) controller.abort();
    signal.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return controller.signal;
}

/** A path with a query; what is undefined is left out. */
export function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `${path}?${new URLSearchParams(given)}`;
}
