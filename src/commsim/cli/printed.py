"""What commands print: tables, JSON, lines that tell how far a long piece of work is."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import threading
import time
import unicodedata
from pathlib import Path

import click

from commsim.words import known, say

QUIET = 1.0  # seconds before anything is said about progress
EVERY = 10.0  # seconds between progress lines where there is no terminal
LIVE_EVERY = 0.1


def print_json(data) -> None:
    wide = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")
    click.echo(json.dumps(data, ensure_ascii=not wide, indent=2, allow_nan=False, default=_from_numpy))


def _from_numpy(value):
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return value.item()


def finite(value):
    """A plain number, or None where the measure is undefined."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    return value.item() if hasattr(value, "item") else value


def scale_label(name: str) -> str:
    key = f"scale.{name}"
    return say(key) if known(key) else name


def plain(value) -> str:
    return "–" if value is None else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def span(low, high) -> str:
    return "" if low is None else f"{plain(low)}–{plain(high)}"


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int, right: bool = False) -> str:
    gap = " " * max(0, width - columns(text))
    return gap + text if right else text + gap


def table(rows, right=()) -> None:
    """Columns side by side, Chinese characters counted as two."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [padded(cell, widths[i], i in right) for i, cell in enumerate(row)]
        click.echo("  " + "  ".join(cells).rstrip())


def filled(text: str, width: int = 96) -> str:
    """Lines of at most ``width`` columns; Chinese breaks anywhere but before a full stop or comma."""
    lines, line = [], ""
    for piece in re.findall(r"[\u3000-\u9fff\uff00-\uffef]|\s+|[^\s\u3000-\u9fff\uff00-\uffef]+", text):
        if columns(line + piece) > width and piece not in "，。；：、？！”）" and line.strip():
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
    return "\n".join([*lines, line.rstrip()])


def peak_mb() -> float | None:
    """Peak resident memory of this process in MB; None where the system does not tell."""
    try:  # Linux: the rusage figure would include the process that started this one
        status = Path("/proc/self/status").read_text()
        return round(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024, 1)
    except (OSError, TypeError):
        pass
    try:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)
    except ImportError:
        return _peak_mb_on_windows()


def _peak_mb_on_windows() -> float | None:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [("size", wintypes.DWORD), ("faults", wintypes.DWORD),
                    *((f"field{i}", ctypes.c_size_t) for i in range(8))]  # fmt: skip

    counters = Counters(size=ctypes.sizeof(Counters))
    try:
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        read = kernel.K32GetProcessMemoryInfo
        read.argtypes = [wintypes.HANDLE, ctypes.POINTER(Counters), wintypes.DWORD]
        if not read(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size):
            return None
    except (AttributeError, OSError):
        return None
    return round(counters.field0 / 1024**2, 1)


# -- progress -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def waiting(note: str):
    """Say ``note`` on standard error if this takes more than a second."""
    timer = threading.Timer(QUIET, lambda: print(note, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def days_told(key: str):
    """A callback for days lived: one live line on a terminal, else a line every ten seconds."""
    began, live = time.monotonic(), sys.stderr.isatty()
    said = {"at": began + QUIET - EVERY if not live else began + QUIET - LIVE_EVERY, "any": False}

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if now - said["at"] < (LIVE_EVERY if live else EVERY) or done >= total:
            return
        from commsim.experiments.progress import duration

        left = duration((now - began) * (total - done) / max(done, 1))
        line = say(key, done=done, total=total, percent=f"{100 * done / total:.0f}", left=left)
        sys.stderr.write(f"\r\x1b[K{line}" if live else f"{line}\n")
        sys.stderr.flush()
        said.update(at=now, any=True)

    try:
        yield tell
    finally:
        if live and said["any"]:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
