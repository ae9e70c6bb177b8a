"""What one would use instead, each started on its own ports below a folder of its own."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from parts.figures import Unusable
from parts.processes import await_that, require_free, tail

CONNECTIONS = 64
JVM = ["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC"]  # a node has the same

# fsync on, and a commit waits for the primary and one of the two standbys, as a majority of three.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
max_connections = 200
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 30min
wal_level = replica
max_wal_senders = 10
hot_standby = on
fsync = on
synchronous_commit = on
"""


class Bare:
    """Vert.x that answers everything with the bytes of one book."""

    name = "bare Vert.x"

    def __init__(self, processes, java, root, folder, port, body):
        require_free([port])
        command = [java, *JVM, "-cp", str(root / "target" / "pygmy.jar")]
        command += [str(root / "bench" / "peers" / "BareServer.java"), str(port), body]
        self.port = port
        self.process = processes.start_server(command, folder / "bare.log", port)

    def pids(self):
        return [self.process.pid]


def missing_for_postgres():
    """What to install, in words; nothing when all is there."""
    if not _binaries():
        return "PostgreSQL's server (Debian: postgresql-15)"
    if not shutil.which("psql"):
        return "psql (Debian: postgresql-client-15)"
    return None


def _binaries():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    return found[-1] if found and (found[-1] / "initdb").exists() else None


class Postgres:
    """A primary with two synchronous standbys, behind a thin HTTP front."""

    name = "PostgreSQL"

    def __init__(self, processes, java, root, folder, port):
        require_free(range(port, port + 4))
        self.root, self.folder, self.processes = root, folder / "postgres", processes
        self.bin = _binaries()
        self.port = port + 3
        self.database_port = port
        # Its programs refuse to run as root.
        self.user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        self.folder.mkdir()
        if self.user:
            shutil.chown(self.folder, **self.user)
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8", "-D", "primary")
        self.servers = [self._start("primary", port)]
        self.query("CREATE DATABASE shop", database="postgres")
        self.query(file=root / "bench" / "peers" / "shop.sql")
        for i in (1, 2):
            self._run("pg_basebackup", *self._address(), "-D", f"standby{i}", "-R", "-X", "stream", "-c", "fast")
            self.servers.append(self._start(f"standby{i}", port + i))
        self.query("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'")
        self.query("SELECT pg_reload_conf()")
        synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'"
        await_that(30, "two synchronous standbys", lambda: self.query(synchronous) == "2")
        self.query("VACUUM ANALYZE")
        self.query("CHECKPOINT")
        command = [java, *JVM, "-cp", str(root / "target" / "pygmy.jar")]
        command += [str(root / "bench" / "peers" / "PgFront.java")]
        command += [str(self.port), str(self.database_port), str(CONNECTIONS)]
        self.front = processes.start_server(command, folder / "front.log", self.port)

    def pids(self):
        return [server.pid for server in self.servers] + [self.front.pid]

    def version(self):
        return self.query("SHOW server_version")

    def audit(self, orders):
        """As many orders as were confirmed, and as many units gone."""
        held = self.query("SELECT count(*) || ' ' || coalesce(sum(quantity), 0) FROM orders")
        gone = self.query("SELECT sum(1000000000 - stock) FROM books")
        if f"{held} {gone}" != f"{orders} {orders} {orders}":
            raise Unusable(f"{orders} orders were confirmed, PostgreSQL holds {held}, and {gone} units are gone")

    def query(self, text=None, database="shop", file=None):
        what = ["-c", text] if text else ["-f", str(file)]
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *self._address(), database, *what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Unusable(f"psql: {done.stderr}")
        return done.stdout.strip()

    def _address(self):
        return ["-h", "127.0.0.1", "-p", str(self.database_port), "-U", "postgres"]

    def _run(self, program, *words):
        command = [str(self.bin / program), *words]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, **self.user
        )
        if done.returncode != 0:
            raise Unusable(f"{program}: {done.stderr}")

    def _start(self, name, port):
        with open(self.folder / name / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(port=port))
        log = self.folder.parent / f"{name}.log"
        # SIGQUIT: at once, for its data is thrown away.
        server = self.processes.start(
            [str(self.bin / "postgres"), "-D", name], log, signal.SIGQUIT, cwd=self.folder, **self.user
        )

        def ready():
            if server.poll() is not None:
                raise Unusable(f"{name} ended: {tail(log)}")
            asked = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
            return subprocess.run(asked).returncode == 0

        await_that(60, name, ready)
        return server
