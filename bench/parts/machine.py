"""The machine: what it is, what it does, and how fast it is at the moment (Linux)."""

import hashlib
import os
import platform
import resource
import subprocess
import time
from pathlib import Path

from parts.figures import Noise

TICKS = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


def calibrate():
    """Milliseconds for a fixed piece of work on one processor, the best of five."""
    block = bytes(1 << 20)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        digest = hashlib.sha256()
        for _ in range(24):
            digest.update(block)
        total = 0
        for i in range(400_000):
            total += i
        took.append((time.perf_counter() - start) * 1e3)
    return min(took)


def cpu_seconds(pids):
    """Processor time of these processes, of those below them, and of those that ended below them."""
    total = 0
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # it has just ended
        fields = text[text.rindex(")") + 2 :].split()
        parents[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    for pid, (_, ticks) in parents.items():
        above = pid
        while above in parents and above not in pids:
            above = parents[above][0]
        total += ticks if above in pids else 0
    return total / TICKS


def resident_mebibytes(pids):
    """Memory that these processes hold at the moment, together."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page for pid in pids) / 2**20


class Watch:
    """Looks at the machine when it is made and again when it is asked; between, it costs nothing."""

    def __init__(self):
        self.start = time.monotonic()
        self.before = self._look()

    @staticmethod
    def _look():
        # user, nice, system, idle, iowait, irq, softirq, steal
        times = list(map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9]))
        ours = sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
        busy = (sum(times) - times[3] - times[4] - times[7]) / TICKS
        return busy, times[7] / TICKS, ours, _throttled_ms()

    def seconds(self):
        return time.monotonic() - self.start

    def noise(self, measured_cpu_seconds, before_ms):
        """What went on beside this program, its children that have ended, and what is measured.
        Calibrates again."""
        seconds = self.seconds()
        busy, stolen, ours, throttled = (a - b for a, b in zip(self._look(), self.before))
        others = max(0.0, busy - measured_cpu_seconds - ours) / seconds
        return Noise((before_ms, calibrate()), others, stolen / seconds / CORES, throttled)


def _throttled_ms():
    """Since when ever, by the limits of the control group of this process."""
    try:
        for line in Path("/sys/fs/cgroup/cpu.stat").read_text().splitlines():
            if line.startswith("throttled_usec "):
                return int(line.split()[1]) / 1e3
    except OSError:
        pass
    return 0.0


def first_line(*command):
    """What a command tells of its version; empty when it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).strip().split("\n")[0]


def description(java, root):
    """One paragraph: processors, memory, system, JVM, load generator, what was measured."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    kilobytes = int(_lines("/proc/meminfo")[0].split()[1])
    commit = first_line("git", "-C", str(root), "rev-parse", "--short", "HEAD")
    changed = first_line("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no")
    return (
        f"{CORES} processors ({model}), {kilobytes / 2**20:.0f} GiB, Linux {platform.release()}; "
        f"{first_line(java, '-version')}; {first_line('wrk', '-v').split(' Copyright')[0]}; "
        f"commit {commit or 'unknown'}{' with changes' if changed else ''}"
    )


def _lines(path):
    return Path(path).read_text().splitlines()
