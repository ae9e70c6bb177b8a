"""The shop that is measured: nodes like those of conf/local.json, on ports and in a folder of its own."""

import json
import os
import random
import re
import subprocess
import time
from pathlib import Path

from parts.figures import Unusable
from parts.processes import await_that, get, kill_if_ours, require_free, tail

BOOKS = 10_000
TOPICS = 24  # as many subjects as TPC-W has
STOCK = 1_000_000_000  # nothing sells out, so every buy is a sale
COMMAND_SECONDS = 300
FOLLOW_SECONDS = 30  # order logs follow the catalog, normally within a second


def write_catalogue(path, first, count, seed):
    """Books first to first + count - 1, the same for the same seed, in the form of conf/books.csv."""
    dice = random.Random(seed)
    words = "a good grade in distributed systems for the impatient graduate student of computing".split()
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,title,author,topic,priceCents,stock\n")
        for book in range(first, first + count):
            title = " ".join(dice.choices(words, k=6)).capitalize()
            author = f"Author {dice.randrange(4000)}"
            file.write(
                f"{book},{title} {book},{author},topic-{book % TOPICS},{dice.randrange(500, 9999)},{STOCK}\n"
            )


class Shop:
    """Starts when it is entered, stops when it is left."""

    def __init__(self, root, folder, port, size=3):
        self.launcher = str(root / "launcher" / "pygmy")
        self.folder = folder
        self.data = folder / "data"
        conf = json.loads((root / "conf" / "local.json").read_text())
        conf["cluster"] = "bench"
        conf["restock"] = {"enabled": False, "everySeconds": 0}
        del conf["catalogue"]  # its own books are imported
        conf["nodes"] = [json.loads(json.dumps(conf["nodes"][0])) for _ in range(size)]
        for i, node in enumerate(conf["nodes"]):
            node["name"] = f"n{i + 1}"
            node["http"]["port"] = port + i
            node["raft"]["port"] = port + 10 + i
            node["hazelcast"]["port"] = port + 20 + i
        self.ports = {node["name"]: node["http"]["port"] for node in conf["nodes"]}
        require_free(port + ten + i for ten in (0, 10, 20) for i in range(len(conf["nodes"])))
        (folder / "conf.json").write_text(json.dumps(conf, indent=2))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("PYGMY_")}
        self.environment.update(
            PYGMY_DATA=str(self.data),
            PYGMY_CONF=str(folder / "conf.json"),
            PYGMY_URL=",".join(f"http://127.0.0.1:{p}" for p in self.ports.values()),
        )

    def __enter__(self):
        try:
            self.command("up", "--detach", timeout=900)  # builds the jar if there is none
            await_that(60, "all nodes ready", lambda: all(map(self._is_ready, self.ports.values())))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.command("down")
        except (Unusable, KeyboardInterrupt) as e:
            print(f"bench: {e}; killing what is left", flush=True)
        finally:
            for file in [*self.data.glob("*.pid"), *self.data.glob("*/pid")]:
                found = re.match(r"\d+", file.read_text())
                if found:
                    kill_if_ours(int(found[0]), str(self.folder))

    @staticmethod
    def _is_ready(port):
        return get(port, "/health/ready")[0] == 200

    def command(self, *words, timeout=COMMAND_SECONDS, may_fail=False):
        """Runs launcher/pygmy; what it said."""
        log = self.folder / "launcher.log"
        try:
            with open(log, "ab") as errors:
                done = subprocess.run(
                    [self.launcher, *words],
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    timeout=timeout,
                )
        except subprocess.TimeoutExpired:
            raise Unusable(f"launcher/pygmy {words[0]} took more than {timeout} s") from None
        if done.returncode != 0 and not may_fail:
            raise Unusable(f"launcher/pygmy {words[0]}: {done.stdout[-500:]}{tail(log)}")
        return done.stdout

    def pid(self, node):
        """Read anew each time: a node that died has another one."""
        return int(re.match(r"\d+", (self.data / node / "pid").read_text())[0])

    def pids(self):
        return [self.pid(node) for node in self.ports]

    def leader(self):
        """The name of the node that leads the log."""

        def led():
            status, body = get(next(iter(self.ports.values())), "/cluster")
            if status != 200:
                return None
            return next(
                (
                    node["node"]
                    for node in json.loads(body)["nodes"]
                    for replica in node["replicas"]
                    if replica["service"] == "catalog" and replica["role"] == "leader"
                ),
                None,
            )

        return await_that(30, "a leader", led)

    def asked(self):
        """The first node that does not lead: two of three customers meet such a one."""
        leader = self.leader()
        return next((node for node in self.ports if node != leader), leader)

    def body(self, book):
        status, body = get(self.ports[self.asked()], f"/books/{book}")
        if status != 200:
            raise Unusable(f"book {book}: {status} {body[:200]!r}")
        return body.decode()

    def catalogue(self, first, count, seed):
        """A file of books, to be imported."""
        file = self.folder / f"books-{first}.csv"
        write_catalogue(file, first, count, seed)
        return file

    def import_books(self, file, count, timeout=COMMAND_SECONDS):
        """All of the file's books, none of which is known yet."""
        said = self.command("books", "import", str(file), timeout=timeout)
        if not said.startswith(f"{count} added, 0 unchanged, 0 updated, 0 in conflict, 0 bad"):
            raise Unusable(f"the import said: {said}")

    def audit(self, orders):
        """All databases must be sound, and hold exactly so many orders."""
        deadline = time.monotonic() + FOLLOW_SECONDS
        while (held := self._orders_everywhere()) < orders and time.monotonic() < deadline:
            time.sleep(1)
        if held != orders:
            raise Unusable(f"{orders} orders were confirmed, the databases hold {held}")

    def _orders_everywhere(self):
        """How many orders the audit finds in every database; fails when it finds something else."""
        said = self.command("audit", "--wait", "60", may_fail=True)
        compared = re.search(r"^orders 1 to (\d+) compared", said, re.MULTILINE)
        if not compared or not re.search(r"^all is sound$", said, re.MULTILINE):
            raise Unusable(f"the audit finds: {said}")
        return int(compared[1])
