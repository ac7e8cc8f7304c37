"""How long a chat log takes to be read, and how much memory: one fresh process a format.

    python benchmarks/logs.py [--messages 1000000] [--format native --format edges …]

Logs are invented and of many members; they are written by the samples of the tests, so a format that has samples
(``tests/chatlogs/samples/NAME.py`` with ``many``) is measured here.  Seconds are those of ``load`` alone; the peak
is of the whole process and beside it stands what Python and NumPy need before a file is opened.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests" / "chatlogs"
SECONDS, MEGABYTES = 10, 1000  # wanted at most for a million messages
CHILD = """
import json, resource, sys, time
from commsim.chatlogs.load import load
from commsim.chatlogs.readers import reader
scale = 1 if sys.platform == "darwin" else 1024
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6
reader(sys.argv[2])
before, clock, spent = peak(), time.perf_counter(), time.process_time()
log = load(sys.argv[1], sys.argv[2])
print(json.dumps({"messages": len(log), "members": len(log.members), "seconds": time.perf_counter() - clock,
                  "processor": time.process_time() - spent, "before": before, "peak": peak()}))
"""


def measured(format: str, messages: int, folder: str) -> dict:
    """Messages, members, seconds and megabytes of one format."""
    import samples

    file = Path(folder) / f"{format}.txt"
    with open(file, "w", encoding="utf-8") as out:
        out.writelines(samples.of(format).many(messages))
    done = subprocess.run([sys.executable, "-c", CHILD, str(file), format], capture_output=True, text=True, check=True,
                          env={**os.environ, "COMMSIM_DATA_DIR": folder})  # fmt: skip
    return json.loads(done.stdout) | {"file": file.stat().st_size / 1e6}


def main() -> None:
    sys.path.insert(0, str(TESTS))
    import samples

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--messages", type=int, default=1_000_000)
    asked.add_argument("--format", action="append", choices=samples.formats())
    options = asked.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python "
          f"{platform.python_version()}, numpy {version('numpy')}; a million messages: wanted ≤ {SECONDS} s and "
          f"≤ {MEGABYTES} MB\n")  # fmt: skip
    print("| format | file, MB | messages | members | clock, s | processor, s | peak, MB | before, MB |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for format in options.format or samples.formats():
            if hasattr(samples.of(format), "many"):
                told = measured(format, options.messages, folder)
                print(f"| {format} | {told['file']:.0f} | {told['messages']:,} | {told['members']:,} | "
                      f"{told['seconds']:.1f} | {told['processor']:.1f} | {told['peak']:.0f} | "
                      f"{told['before']:.0f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
