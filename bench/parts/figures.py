"""What is made of measurements: medians, ratios, the table. Pure: no clock, no process, no file."""

import json
import statistics
from dataclasses import asdict, dataclass, field

# A measurement is noisy when the machine was slower by this factor, just before or after it, than at
# its best in this run; when others used so many processors meanwhile; when the host took so much.
SLOWER = 1.15
OTHERS_CORES = 0.2
STOLEN_SHARE = 0.02

BEGIN = "<!-- bench: begin (--docs writes what is between these two lines) -->"
END = "<!-- bench: end -->"


class Unusable(Exception):
    """A load generator or a server did not do what it is there for; there is no figure."""


@dataclass
class Load:
    """What one run of wrk saw, as lua/common.lua reports it."""

    requests: int
    seconds: float
    p50: float
    p99: float
    refused: int
    broken: int
    heard: int
    strange: int
    keys: list

    @property
    def rate(self):
        return (self.requests - self.refused) / self.seconds


def load_of(output):
    """The report in the output of wrk, which says other things, too."""
    reports = [line for line in output.splitlines() if line.startswith('{"requests":')]
    if len(reports) != 1:
        raise Unusable(f"wrk told {len(reports)} reports: {output[-500:]}")
    load = Load(**json.loads(reports[0]))
    if load.requests == 0 or load.requests == load.refused:
        raise Unusable(f"nothing was served: {reports[0][:200]}")
    return load


@dataclass
class Noise:
    """What else the machine did during a measurement.

    calibration_ms: a fixed piece of work, just before and just after
    others_cores:   processors used by what is neither measured nor the load
    """

    calibration_ms: tuple
    others_cores: float
    stolen_share: float
    throttled_ms: float

    def reasons(self, best_calibration_ms):
        """Why the measurement is not to be trusted; none: it was quiet."""
        slower = max(self.calibration_ms) / best_calibration_ms
        found = [
            (slower > SLOWER, f"machine slower by {slower:.2f}"),
            (self.others_cores > OTHERS_CORES, f"others used {self.others_cores:.2f} processors"),
            (self.stolen_share > STOLEN_SHARE, f"{self.stolen_share:.0%} stolen by the host"),
            (self.throttled_ms > 0, f"throttled for {self.throttled_ms:.0f} ms"),
        ]
        return [text for holds, text in found if holds]


@dataclass
class Measured:
    """One contender in one round.

    rate:   operations a second
    cpu_us: processor time an operation, of what is measured, in microseconds
    """

    rate: float
    p50: float
    p99: float
    cpu_us: float
    refused: int
    broken: int
    noise: Noise


@dataclass
class RowResult:
    """All rounds of a row. `theirs` is empty when there is nothing to compare with."""

    title: str
    reference: str
    goal: str
    by: str
    ours: list = field(default_factory=list)
    theirs: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def as_json(self):
        return asdict(self)

    @staticmethod
    def from_json(text):
        def measured(one):
            noise = dict(one["noise"], calibration_ms=tuple(one["noise"]["calibration_ms"]))
            return Measured(**dict(one, noise=Noise(**noise)))

        lists = {side: [measured(one) for one in text[side]] for side in ("ours", "theirs")}
        return RowResult(**dict(text, **lists))


def alone(rate, cores, taken):
    """The rate of a peer, had the shop at rest beside it not taken so many of the processors."""
    return rate * cores / (cores - min(taken, cores / 2))


def ratios(row):
    """Ours to theirs, round by round; of times the other way round, so that more is better."""
    if row.by == "p50":
        return [their.p50 / our.p50 for our, their in zip(row.ours, row.theirs)]
    return [our.rate / their.rate for our, their in zip(row.ours, row.theirs)]


def quiet_rounds(row, best_calibration_ms):
    """The numbers of the rounds in which no side was disturbed."""
    sides = [row.ours, row.theirs] if row.theirs else [row.ours]
    return [
        i
        for i in range(len(row.ours))
        if not any(side[i].noise.reasons(best_calibration_ms) for side in sides)
    ]


def counted_rounds(row, best_calibration_ms):
    """The quiet rounds, if they are at least half of all; otherwise all."""
    quiet = quiet_rounds(row, best_calibration_ms)
    return quiet if 2 * len(quiet) >= len(row.ours) else list(range(len(row.ours)))


def best_calibration(rows):
    every = [one for row in rows for one in row.ours + row.theirs]
    return min(ms for one in every for ms in one.noise.calibration_ms)


def middle(values, form):
    """The median, and the range if there is one: 12 (10 to 15)."""
    shown = [form(statistics.median(values)), form(min(values)), form(max(values))]
    return shown[0] if shown[1] == shown[2] else f"{shown[0]} ({shown[1]} to {shown[2]})"


def rate_text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def time_text(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def ratio_text(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def line_of(row, best_calibration_ms):
    """The row of the table, in Markdown."""
    rounds = counted_rounds(row, best_calibration_ms)
    pick = lambda side: [side[i] for i in rounds]
    rate = lambda side: middle([one.rate for one in side], rate_text)
    median = lambda side, name: statistics.median(getattr(one, name) for one in side)
    sides = [pick(row.ours)] + ([pick(row.theirs)] if row.theirs else [])
    has_times = all(one.p50 > 0 for one in row.ours)
    quiet = len(quiet_rounds(row, best_calibration_ms))
    return cells(
        row.title,
        rate(sides[0]),
        f"{row.reference}: {rate(sides[1])}" if row.theirs else "",
        middle([ratios(row)[i] for i in rounds], ratio_text) if row.theirs else "",
        row.goal,
        "; ".join(f"{median(side, 'cpu_us'):,.1f}" for side in sides),
        "; ".join(f"{time_text(median(s, 'p50'))}, {time_text(median(s, 'p99'))}" for s in sides)
        if has_times
        else "",
        f"{quiet} of {len(row.ours)}",
    )


def cells(*texts):
    return "| " + " | ".join(texts) + " |"


def table(rows):
    """All rows, and below them what is to be said about single ones."""
    best = best_calibration(rows)
    head = cells(
        "work",
        "Pygmy, a second",
        "beside it, a second",
        "ratio",
        "wanted",
        "CPU an operation, µs",
        "p50, p99, ms",
        "quiet rounds",
    )
    lines = [head, "|" + "---|" * 8] + [line_of(row, best) for row in rows]
    notes = [f"- {row.title}: {note}" for row in rows for note in row.notes]
    return "\n".join(lines + ([""] + notes if notes else []))


def replaced(document, block):
    """The document with the block between its two marks; fails when they are not there once each."""
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise ValueError("the document has not its two marks, once each")
    before, rest = document.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{block}\n{END}{after}"
