"""What the programs here share on the command line."""

import argparse
import datetime
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from parts.figures import Unusable


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return int(text)


def java():
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else shutil.which("java")


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", flush=True)


def lack(what):
    print(f"bench: {what}", file=sys.stderr)
    sys.exit(2)


def in_a_folder(prefix, measure):
    """Runs measure(folder) in a folder of its own, which stays when there is no figure; the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)  # PostgreSQL's user goes through it to its own folder
    keep = False
    try:
        measure(folder)
        return 0
    except Unusable as e:
        print(f"bench: {e}\nbench: the logs are in {folder}", file=sys.stderr)
        keep = True
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if not keep:
            shutil.rmtree(folder)


def require_tools():
    if not sys.platform.startswith("linux"):
        lack("it reads /proc, so it needs Linux")
    if not shutil.which("wrk"):
        lack("wrk is missing (Debian: apt install wrk)")
    if not java() or not os.access(java(), os.X_OK):
        lack("java is missing (Debian: apt install openjdk-17-jdk-headless)")
