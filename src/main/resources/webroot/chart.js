// A line chart in SVG: the newest point at the right edge, one point a second.

import { make } from '/assets/pygmy-dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 600;
const HEIGHT = 160;
const STEPS = [1, 2, 2.5, 5, 10];

/** The least round number that is not below the value. */
const round = value => {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return STEPS.find(step => step * power >= value * 0.9999) * power;
};

const element = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

/**
 * @param figure where to draw
 * @param title what it shows
 * @param series [{name, style}], the style being one of s1 to s4
 * @param points how many fit
 * @param least the least height of the axis
 * @param write turns a value into text
 */
export const chart = (figure, { title, series, points, least, write }) => {
  const shown = series.map(() => make('span', { text: '–' }));
  const keys = series.map(({ name, style }, s) => make('span', { class: `key ${style}` }, `${name} `, shown[s]));
  const plot = make('div', { class: 'plot' });
  const svg = element('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
  const labels = [0, 0.5, 1].map(at => {
    svg.append(element('line', { class: 'grid', x1: 0, x2: WIDTH, y1: HEIGHT * (1 - at), y2: HEIGHT * (1 - at) }));
    const label = make('span', { class: 'y' });
    label.style.top = `${11 * (1 - at)}rem`;
    plot.append(label);
    return label;
  });
  const marks = element('g', {});
  const paths = series.map(({ style }) => element('path', { class: style }));
  svg.append(marks, ...paths);
  plot.append(svg, make('div', { class: 'x' },
    make('span', { text: `${Math.round(points / 60)} min ago` }), make('span', { text: 'now' })));
  figure.replaceChildren(make('figcaption', {}, make('b', { text: title }), make('span', { class: 'keys' }, keys)), plot);

  /**
   * @param rows arrays of values, one a series, the newest last; null: not known
   * @param events [{ago, kind}]: vertical lines, so many seconds ago
   */
  return (rows, events) => {
    const top = round(Math.max(least, ...rows.flat().filter(value => value !== null)));
    labels.forEach((label, i) => { label.textContent = write(top * i / 2); });
    const x = ago => WIDTH * (1 - ago / (points - 1));
    series.forEach((one, s) => {
      let path = '';
      let pen = 'M';
      rows.forEach((row, i) => {
        if (row[s] === null) {
          pen = 'M';
        } else {
          path += `${pen}${x(rows.length - 1 - i).toFixed(1)} ${(HEIGHT * (1 - row[s] / top)).toFixed(1)}`;
          pen = 'L';
        }
      });
      paths[s].setAttribute('d', path);
      const last = rows.length ? rows[rows.length - 1][s] : null;
      shown[s].textContent = last === null ? '–' : write(last);
    });
    marks.replaceChildren(...events.filter(({ ago }) => ago < points).map(({ ago, kind }) =>
      element('line', { class: `mark ${kind}`, x1: x(ago), x2: x(ago), y1: 0, y2: HEIGHT })));
    svg.setAttribute('aria-label', `${title}: ${series.map(({ name }, s) => `${name} ${shown[s].textContent}`).join(', ')}`);
  };
};
