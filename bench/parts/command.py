"""What the programs here share on the command line."""

import argparse
import datetime
import os
import shutil
import sys
from pathlib import Path


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


def require_tools():
    if not sys.platform.startswith("linux"):
        lack("it reads /proc, so it needs Linux")
    if not shutil.which("wrk"):
        lack("wrk is missing (Debian: apt install wrk)")
    if not java() or not os.access(java(), os.X_OK):
        lack("java is missing (Debian: apt install openjdk-17-jdk-headless)")
