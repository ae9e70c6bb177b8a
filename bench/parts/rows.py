"""The rows of the table, and how one is measured."""

import http.client
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from parts import figures, machine
from parts.figures import Measured, RowResult, Unusable, load_of
from parts.shop import BOOKS, TOPICS

LUA = Path(__file__).parent.parent / "lua"
LEAD_SECONDS = 2  # of the same work, not measured, before each measurement
RESEND_SECONDS = 30
RESENT_OF_A_MIX = 2000  # its last buys, among which are those that were under way at the end


@dataclass(frozen=True)
class Work:
    """What wrk does: a script, so many connections, its options."""

    script: str
    connections: int
    options: dict = field(default_factory=dict)

    @property
    def is_lookup(self):
        return self.script == "get"


LOOKUP = Work("get", 64)
HOT_64 = Work("buy", 64, {"books": 1, "skew": 0})
UNIFORM = Work("buy", 64, {"books": BOOKS, "skew": 0})


def mix(name):
    return Work("mix", 64, {"mix": name, "books": BOOKS, "skew": 1, "topics": TOPICS})


@dataclass(frozen=True)
class Row:
    """One line of the table: the work, what stands beside it (a peer, or other work), what is wanted."""

    title: str
    work: Work
    peer: str  # bare, postgres, or shop
    beside: Work
    goal: str
    by: str = "rate"
    reference: str = ""


ROWS = {
    "lookup": Row("cached look-up, 64 connections", LOOKUP, "bare", LOOKUP, "≥ 0.80"),
    "hot64": Row("hot book, 64 buyers", HOT_64, "postgres", HOT_64, "≥ 12"),
    "hot128": Row(
        "hot book, 128 buyers",
        Work("buy", 128, HOT_64.options),
        "shop",
        HOT_64,
        "≥ 1",
        reference="with 64",
    ),
    "uniform": Row("10,000 books evenly, 64 buyers", UNIFORM, "postgres", UNIFORM, "≥ 1.5"),
    "one": Row(
        "one buyer, one book (ratio of the p50)",
        Work("buy", 1, HOT_64.options),
        "postgres",
        Work("buy", 1, HOT_64.options),
        "p50 ≤ 4 ms",
        by="p50",
    ),
    "shopping": Row(
        "TPC-W shopping mix, 1.6 % buys", mix("shopping"), "shop", LOOKUP, "≥ 0.60", reference="look-up"
    ),
    "ordering": Row(
        "TPC-W ordering mix, 14 % buys", mix("ordering"), "shop", LOOKUP, "≥ 0.25", reference="look-up"
    ),
}
IMPORT = "import"  # last, as the shop is larger afterwards


class Target:
    """Somebody who is sent work, and how many orders must be there."""

    def __init__(self, name, server, port, pids):
        self.name = name
        self.server = server
        self.port = port  # a function: it may be another one when the leader has changed
        self.pids = pids  # a function of the work: the processes whose time counts
        self.orders = 0

    def audit(self):
        if self.orders:
            self.server.audit(self.orders)


class Measuring:
    """Runs rows on the shop and its peers, by name in `targets`: shop, and bare and postgres if there."""

    def __init__(self, targets, seconds, seed, log):
        self.targets = targets
        self.seconds = seconds
        self.seed = seed
        self.log = log
        self.runs = 0
        self.run_name = f"b{time.time_ns() // 1_000_000:x}"

    def row(self, row, rounds):
        """All rounds of a row, then the audit of everybody who sold."""
        beside = self.targets.get(row.peer)
        reference = row.reference or (beside.name if beside else "")
        result = RowResult(row.title, reference, row.goal, row.by)
        sides = [(self.targets["shop"], row.work, result.ours)]
        if beside:
            sides.append((beside, row.beside, result.theirs))
        for i in range(rounds):
            for target, work, measured in sides if i % 2 == 0 else reversed(sides):
                measured.append(self.measure(target, work))
                self.log(f"{row.title}: round {i + 1}, {told(target, work, measured[-1])}")
        for target in {target.name: target for target, _, _ in sides}.values():
            target.audit()
        broken = sum(one.broken + one.refused for one in result.ours + result.theirs)
        if broken:
            result.notes.append(f"{broken} requests were refused or broken")
        return result

    def measure(self, target, work):
        self.load(target, work, LEAD_SECONDS)
        before_ms = machine.calibrate()
        everybody = {t.name: t.pids(work) for t in self.targets.values()}
        shop = self.targets["shop"]
        everybody["rest of the shop"] = [p for p in shop.server.pids() if p not in everybody[shop.name]]
        watch = machine.Watch()
        start = {name: machine.cpu_seconds(pids) for name, pids in everybody.items()}
        load = self.run_wrk(target, work, self.seconds)
        used = {name: machine.cpu_seconds(pids) - start[name] for name, pids in everybody.items()}
        seconds = watch.seconds()
        noise = watch.noise(sum(used.values()), before_ms)
        self.settle(target, work, load)
        rate = load.rate
        if target is not shop:
            taken = (used[shop.name] + used["rest of the shop"]) / seconds
            rate = figures.alone(rate, machine.CORES, taken)
        cpu_us = used[target.name] * 1e6 / (load.requests - load.refused)
        return Measured(rate, load.p50, load.p99, cpu_us, load.refused, load.broken, noise)

    def load(self, target, work, seconds):
        """Work that is not measured."""
        self.settle(target, work, self.run_wrk(target, work, seconds))

    def run_wrk(self, target, work, seconds):
        return load_of(self.run_wrk_text(target, work, seconds))

    def run_wrk_text(self, target, work, seconds):
        """All that wrk said."""
        self.runs += 1
        options = dict(work.options, run=f"{self.run_name}r{self.runs}", seed=self.seed + 1000 * self.runs)
        if work.script == "mix":
            options["orders"] = max(1, target.orders)
        url = f"http://127.0.0.1:{target.port()}/books/1"
        command = ["wrk", "-t1", f"-c{work.connections}", f"-d{seconds}s", "--timeout", "10s"]
        command += ["-s", str(LUA / f"{work.script}.lua"), url, "--"]
        command += [f"{name}={value}" for name, value in options.items()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
        except subprocess.TimeoutExpired:
            raise Unusable(f"wrk did not end: {' '.join(command)}") from None
        return done.stdout + done.stderr

    def settle(self, target, work, load):
        """Buys whose answer nobody heard are sent again under their keys, as any customer would: then
        every key that was sent is one order, and the audit must find exactly as many."""
        if work.is_lookup:
            return
        if load.strange:
            raise Unusable(f"{load.strange} orders were answered to keys that did not wait for one")
        unheard = load.keys
        if work.script == "mix" and not load.refused and not load.broken:
            unheard = unsent_of(load.keys)
        resend(target.port(), unheard)
        target.orders += load.heard + len(load.keys)


def unsent_of(keys):
    """Of the keys of a mix those that may not have been sent: the last ones, and the very first, for wrk asks
    for one request before it begins, to see whether there is one."""
    keys = sorted(keys, key=lambda key: int(key.split("-")[2]))
    return keys[:1] + keys[1:][-RESENT_OF_A_MIX:]


def resend(port, keys):
    """Sends each of these buys again, until it is confirmed."""
    deadline = time.monotonic() + RESEND_SECONDS + len(keys) / 100

    def some(part):
        for key in part:
            while (status := buy(port, key)) != 201:
                if status not in (None, 429, 503) or time.monotonic() > deadline:
                    raise Unusable(f"the buy {key} is answered {status} when sent again")
                time.sleep(0.1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(some, [keys[i::8] for i in range(8)]))


def books_of(key):
    """As lua/common.lua makes it: run, thread, number, book; and lines and books, if there are several lines."""
    first, lines, books = (*map(int, key.split("-")[3:]), 1, 0)[:3]
    return [(first - 1 + i) % books + 1 for i in range(lines)] if lines > 1 else [first]


def buy(port, key):
    """The status of the buy that the key tells of; nothing when nobody answers."""
    body = json.dumps({"items": [{"book": book, "quantity": 1} for book in books_of(key)]})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        connection.request("POST", "/orders", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def import_row(target, books, seed, log):
    """How fast so many books are imported by launcher/pygmy, once."""
    shop = target.server
    file = shop.catalogue(BOOKS + 1, books, seed)
    before_ms = machine.calibrate()
    pids = shop.pids()
    watch, start = machine.Watch(), machine.cpu_seconds(pids)
    shop.import_books(file, books, timeout=max(600, books / 200))
    used, seconds = machine.cpu_seconds(pids) - start, watch.seconds()
    noise = watch.noise(used, before_ms)
    shop.body(BOOKS + books)
    target.audit()
    title = f"import of {books:,} books"
    measured = Measured(books / seconds, 0, 0, used * 1e6 / books, 0, 0, noise)
    log(f"{title}: {seconds:.1f} s")
    notes = [f"{seconds:.1f} s, once"]
    return RowResult(title, "", "1,000,000 in 6 min: ≥ 2,778", "rate", [measured], [], notes)


def told(target, work, one):
    return (
        f"{work.options.get('mix', work.script)} at {target.name}, {work.connections} connections: {one.rate:,.0f}/s, p50 {one.p50:.2f} ms, "
        f"p99 {one.p99:.2f} ms, {one.cpu_us:,.1f} µs of CPU each; calibration "
        f"{one.noise.calibration_ms[0]:.0f} and {one.noise.calibration_ms[1]:.0f} ms, "
        f"others {one.noise.others_cores:.2f} processors"
    )
