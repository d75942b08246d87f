"""The growth curve as a picture."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from measure.model import Section


def draw(section: Section, path: Path) -> bool:
    """Draw seconds and peak memory over the number of lines; return whether matplotlib is installed to do it."""
    try:
        import matplotlib as mpl
    except ImportError:
        print("no plot: matplotlib is not installed (pip install '.[bench]')", file=sys.stderr)
        return False
    mpl.use("svg")
    # The same figures give the same bytes.
    mpl.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none"})
    from matplotlib import pyplot as plt

    curve = [series for series in section.series if series.lines]
    lines = [series.lines for series in curve]
    figure, (time, memory) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    time.loglog(lines, [statistics.median(series.walls) for series in curve], "o-")
    time.set(xlabel="lines", ylabel="seconds, one process")
    peaks = [max(sample.peak for sample in series.samples) / 1e6 for series in curve]
    memory.semilogx(lines, peaks, "o-")
    memory.set(xlabel="lines", ylabel="peak memory in MB, one process", ylim=(0, 1.1 * max(peaks)))
    for axes in (time, memory):
        axes.grid(visible=True, alpha=0.3)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return True
