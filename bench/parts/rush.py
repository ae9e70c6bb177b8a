"""More buyers than there is room for: what became of them. Pure."""

import json
from dataclasses import dataclass

from parts.figures import Unusable, cells, time_text

SOLD, REFUSED = "sold", "overloaded"


def pause_millis(clients, rate):
    """How long so many clients pause on average, to come so often together if they were answered at once."""
    return max(1, round(1000 * clients / rate))


def outcomes_of(output):
    """For each outcome, how many answers took so many milliseconds (rounded down)."""
    lines = [line for line in output.splitlines() if line.startswith('{"counts":')]
    if len(lines) != 1:
        raise Unusable(f"wrk told {len(lines)} lists of outcomes: {output[-500:]}")
    outcomes = {}
    for name, count in json.loads(lines[0])["counts"].items():
        what, took = name.rsplit(" ", 1)
        outcomes.setdefault(what, {})[int(took)] = count
    return outcomes


def quantile(counts, share):
    """So large a share of the answers took no longer; in milliseconds, a whole one too much at most."""
    wanted, seen = share * sum(counts.values()), 0
    for took in sorted(counts):
        seen += counts[took]
        if seen >= wanted:
            return took + 1
    return 0


@dataclass
class Round:
    """What the shop can do (closed loop, the best number of buyers), and what it did when more came.

    before, after: memory of all nodes, resident, MiB
    """

    best: float
    outcomes: dict
    seconds: float
    before: float
    after: float

    def rate(self, *whats):
        return sum(sum(self.outcomes.get(what, {}).values()) for what in whats) / self.seconds

    @property
    def others(self):
        return {what: sum(counts.values()) for what, counts in self.outcomes.items() if what not in (SOLD, REFUSED)}


def line_of(one):
    sold, refused = one.outcomes.get(SOLD, {}), one.outcomes.get(REFUSED, {})
    return [
        f"{one.best:,.0f}",
        f"{one.rate(*one.outcomes):,.0f} ({one.rate(*one.outcomes) / one.best:.2f})",
        f"{one.rate(SOLD):,.0f} ({one.rate(SOLD) / one.best:.2f})",
        f"{time_text(quantile(sold, 0.5))}, {time_text(quantile(sold, 0.99))}",
        f"{one.rate(REFUSED):,.0f}",
        f"{time_text(quantile(refused, 0.5))}, {time_text(quantile(refused, 0.99))}",
        ", ".join(f"{count} × {what}" for what, count in sorted(one.others.items())) or "none",
        f"{one.before:,.0f}, {one.after:,.0f}",
    ]


HEAD = [
    "at best, a second",
    "asked (of the best)",
    "sold (of the best)",
    "p50, p99 of what was sold, ms",
    "refused",
    "p50, p99 of refusals, ms",
    "other answers",
    "memory before, after, MiB",
]


def table(rounds):
    return "\n".join([cells(*HEAD), "|" + "---|" * len(HEAD)] + [cells(*line_of(one)) for one in rounds])


def told(one):
    return "; ".join(f"{name}: {value}" for name, value in zip(HEAD, line_of(one)))
