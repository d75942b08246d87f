"""Runs one command in a fresh process and writes what it took.

Usage: python child.py RESULT OUTPUT ERRORS CORES COMMAND...

A process of its own, and a small one: what the system tells of ended children counts the largest of them, and a
child begins as large as the process that started it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import threading
from pathlib import Path
from time import perf_counter

LOOK_EVERY = 0.02
UNIT = 1 if sys.platform == "darwin" else 1024


def pin(cores: int) -> None:
    """Let this process and its children run on that many cores only, where the system can."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


class Watch(threading.Thread):
    """Reads the peak memory of one process, without its children, until it ends; 0 where the system does not tell."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self.peak = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK_EVERY):
            try:
                found = re.search(r"VmHWM:\s+(\d+) kB", self._status.read_text())
            except OSError:
                return
            self.peak = int(found[1]) * 1024 if found else self.peak


def main() -> None:
    """Run the command of the arguments."""
    result, output, errors, cores, *command = sys.argv[1:]
    pin(int(cores))
    with Path(output).open("wb") as out, Path(errors).open("wb") as err:
        started = perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        watch = Watch(process.pid)
        watch.start()
        code = process.wait()
        wall = perf_counter() - started
    watch.ended.set()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = {"code": code, "wall": wall, "cpu": usage.ru_utime + usage.ru_stime}
    took |= {"peak": usage.ru_maxrss * UNIT, "parent": watch.peak}
    Path(result).write_text(json.dumps(took))


if __name__ == "__main__":
    main()
