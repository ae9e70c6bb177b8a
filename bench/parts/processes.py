"""Processes that end with this program, by their ids; waiting with an end; a little HTTP."""

import http.client
import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack

from parts.figures import Unusable

GRACE_SECONDS = 10


def await_that(seconds, what, holds):
    """Until `holds()` is true (and gives what it gave); fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Unusable(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def require_free(ports):
    """Nobody must listen there, or it would be somebody else's server that is measured."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Unusable(f"port {port} is taken; --port chooses others") from None


def get(port, path, timeout=5):
    """Status and body; nothing when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None, b""
    finally:
        connection.close()


def is_listening(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Processes(ExitStack):
    """What was started, ended in the opposite order when this is left, however it is left."""

    def start(self, command, log, end_by=signal.SIGTERM, **options):
        with open(log, "ab") as out:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, **options
            )
        self.callback(end, process, end_by)
        return process

    def start_server(self, command, log, port, seconds=60):
        """A process that listens on a port when it is ready."""
        process = self.start(command, log)

        def ready():
            if process.poll() is not None:
                raise Unusable(f"{command[0]} ended with {process.returncode}: {tail(log)}")
            return is_listening(port)

        await_that(seconds, f"port {port}", ready)
        return process


def end(process, by=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kill_if_ours(pid, mark):
    """Ends a process that is no child of this one, if its command line has this mark."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if mark.encode() in file.read():
                os.kill(pid, signal.SIGKILL)
    except (OSError, ProcessLookupError):
        pass  # it has ended


def tail(path, chars=800):
    try:
        with open(path, "rb") as file:
            return file.read()[-chars:].decode(errors="replace")
    except OSError:
        return "(no log)"
