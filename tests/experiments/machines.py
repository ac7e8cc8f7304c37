"""A Dask scheduler and workers as processes of their own, in this test's hands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import commsim

HERE = Path(__file__).parent
SOURCE = Path(commsim.__file__).parents[1]


class Machines:
    """A scheduler at ``address`` and the workers started for it; ``end`` kills them all."""

    def __init__(self, folder: Path, **environment: str):
        self.folder, self.environment, self.workers = folder, environment, []
        told = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", 0, "--no-dashboard", "--scheduler-file", told)
        until = time.monotonic() + 60
        while not told.exists() or not told.read_text():
            assert self.scheduler.poll() is None and time.monotonic() < until, self.said()
            time.sleep(0.05)
        self.address = json.loads(told.read_text())["address"]

    def worker(self, *first_on_path: Path) -> subprocess.Popen:
        worker = self._start("dask_worker", self.address, "--nthreads", 1, "--no-nanny", "--no-dashboard",
                             "--local-directory", self.folder, first_on_path=first_on_path)  # fmt: skip
        self.workers.append(worker)
        return worker

    def _start(self, module, *words, first_on_path=()):
        path = [*first_on_path, SOURCE, HERE, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, **self.environment, "PYTHONPATH": os.pathsep.join(map(str, path))}
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", *words]
        with open(self.folder / "said.txt", "a") as paper:
            return subprocess.Popen(list(map(str, command)), env=environment, stdout=paper, stderr=paper)

    def said(self) -> str:
        return (self.folder / "said.txt").read_text()

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
