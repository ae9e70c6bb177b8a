"""How it grows: what is measured over what; the table and the picture of a curve. Pure."""

import statistics
from dataclasses import asdict, dataclass, field

from parts.rows import HOT_64, LOOKUP, TOPICS, UNIFORM, Work
from parts.shop import BOOKS

CLIENTS = (1, 16, 64, 128, 256)
REPLICAS = (1, 3, 5)
LINES = (1, 2, 5, 10, 20)
CATALOGUES = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Curve:
    """Some works, each over the same values of something."""

    title: str
    over: str
    values: tuple
    works: dict  # by name: a function from a value to the work


def zipf(books):
    return Work("mix", 64, {"mix": "shopping", "books": books, "skew": 1, "topics": TOPICS})


def evenly(books, connections=64, lines=1):
    return Work("buy", connections, {"books": books, "skew": 0, "lines": lines})


CURVES = {
    "clients": Curve(
        "Over the number of clients",
        "clients",
        CLIENTS,
        {
            "look-ups": lambda clients: Work("get", clients),
            "buys of one book": lambda clients: Work("buy", clients, HOT_64.options),
            "buys, 10,000 books evenly": lambda clients: evenly(BOOKS, clients),
        },
    ),
    "lines": Curve(
        "Over the lines of an order, 64 buyers, 10,000 books",
        "lines",
        LINES,
        {"orders": lambda lines: evenly(BOOKS, 64, lines)},
    ),
    "replicas": Curve(
        "Over the number of nodes, each with a catalog replica, an order replica and a frontend, on the same processors",
        "nodes",
        REPLICAS,
        {
            "look-ups": lambda nodes: LOOKUP,
            "buys of one book": lambda nodes: HOT_64,
            "buys, 10,000 books evenly": lambda nodes: UNIFORM,
        },
    ),
    "books": Curve(
        "Over the number of books, 64 clients",
        "books",
        CATALOGUES,
        {"buys, all books evenly": evenly, "shopping mix, popular books more often": zipf},
    ),
}


@dataclass
class Point:
    """One value of a curve, in some rounds."""

    value: int
    rates: list = field(default_factory=list)
    p50s: list = field(default_factory=list)
    p99s: list = field(default_factory=list)
    cpu_us: list = field(default_factory=list)

    def add(self, measured):
        self.rates.append(measured.rate)
        self.p50s.append(measured.p50)
        self.p99s.append(measured.p99)
        self.cpu_us.append(measured.cpu_us)

    def middle(self, name):
        return statistics.median(getattr(self, name))


@dataclass
class Line:
    """One work of a curve."""

    curve: str
    name: str
    points: list = field(default_factory=list)

    def at(self, value):
        known = next((point for point in self.points if point.value == value), None)
        if not known:
            known = Point(value)
            self.points.append(known)
        return known

    def as_json(self):
        return asdict(self)

    @staticmethod
    def from_json(text):
        return Line(text["curve"], text["name"], [Point(**point) for point in text["points"]])


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:.2f}"


def table(curve, lines):
    """A line for each value, for each work its rate, its times, and what it costs."""
    head = [CURVES[curve].over]
    for line in lines:
        head.append(f"{line.name}: a second (p50, p99 in ms; µs of CPU each)")
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for value in sorted({point.value for line in lines for point in line.points}):
        cells = [f"{value:,}"]
        for line in lines:
            point = next((p for p in line.points if p.value == value), None)
            cells.append(
                f"{number(point.middle('rates'))} ({number(point.middle('p50s'))}, {number(point.middle('p99s'))}; "
                f"{number(point.middle('cpu_us'))})"
                if point
                else ""
            )
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


# ---- the picture: two panels, both over the same values, which are drawn as far apart as they are many

WIDTH, PANEL, LEFT, GAP, TOP, HIGH = 920, 360, 70, 100, 40, 230
COLOURS = ("#1f6feb", "#c2410c", "#15803d")
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-weight:600}.grid{stroke:#8c959f;stroke-opacity:.35}"
    "polyline{fill:none;stroke-width:2}"
)


def ticks(most):
    """Round numbers from nothing to at least as much, five at most."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step * 4 >= most:
                return [i * factor * step for i in range(5)]
        step *= 10


def picture(curve, lines):
    """SVG: rates at the left, p50 and p99 at the right."""
    about = CURVES[curve]
    values = sorted({point.value for line in lines for point in line.points})
    height = TOP + HIGH + 60 + 18 * len(lines)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{about.title}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    panel(out, 0, "answered a second", values, [(line, "rates") for line in lines])
    panel(out, PANEL + GAP, "ms: p50, and dashed p99", values, [(line, name) for line in lines for name in ("p50s", "p99s")])
    for i, line in enumerate(lines):
        y = TOP + HIGH + 62 + 18 * i
        out.append(f'<line x1="{LEFT}" x2="{LEFT + 24}" y1="{y - 4}" y2="{y - 4}" stroke="{COLOURS[i]}" stroke-width="2"/>')
        out.append(f'<text x="{LEFT + 32}" y="{y}">{line.name}</text>')
    out.append(f'<text x="{LEFT + PANEL / 2}" y="{TOP + HIGH + 38}" text-anchor="middle">{about.over}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def panel(out, left, title, values, drawn):
    marks = ticks(max(point.middle(name) for line, name in drawn for point in line.points))
    across = lambda value: left + LEFT + PANEL * (values.index(value) + 0.5) / len(values)
    up = lambda amount: TOP + HIGH * (1 - amount / marks[-1])
    out.append(f'<text class="title" x="{left + LEFT}" y="{TOP - 16}">{title}</text>')
    for mark in marks:
        out.append(f'<line class="grid" x1="{left + LEFT}" x2="{left + LEFT + PANEL}" y1="{up(mark):.1f}" y2="{up(mark):.1f}"/>')
        out.append(f'<text x="{left + LEFT - 8}" y="{up(mark) + 4:.1f}" text-anchor="end">{mark:,}</text>')
    for value in values:
        out.append(f'<text x="{across(value):.1f}" y="{TOP + HIGH + 18}" text-anchor="middle">{value:,}</text>')
    names = list(dict.fromkeys(line.name for line, _ in drawn))
    for line, name in drawn:
        colour = COLOURS[names.index(line.name)]
        path = " ".join(f"{across(p.value):.1f},{up(p.middle(name)):.1f}" for p in line.points)
        dash = ' stroke-dasharray="5 4"' if name == "p99s" else ""
        out.append(f'<polyline points="{path}" stroke="{colour}"{dash}/>')
        out += [f'<circle cx="{across(p.value):.1f}" cy="{up(p.middle(name)):.1f}" r="3" fill="{colour}"/>' for p in line.points]
