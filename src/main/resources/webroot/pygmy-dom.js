// Elements out of data; text is always text, never markup. For all pages.

/** The element of this id. */
export function at(id) {
  return document.getElementById(id);
}

/** An element; properties by name, `on…` as listeners, anything else as an attribute. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'text') element.textContent = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Tells those who do not see the page. */
export function say(text) {
  at('said').textContent = text;
}

/** Text that is set only when it differs, so that nothing is read out twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Cents as the command line shows them, in the visitor's notation of numbers. */
export function price(cents) {
  return money.format(cents / 100);
}

/** A moment in the visitor's time and words. */
export function moment(text) {
  const at = new Date(text);
  return make('time', { datetime: at.toISOString(), text: at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) });
}

/** A topic's slug as words. */
export function topicName(topic) {
  const words = topic.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One book or several. */
export function count(number, one, many) {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}
