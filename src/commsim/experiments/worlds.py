"""One world, lived in a worker process: the start once, then every policy that is still missing.

A worker is given names and numbers, never arrays.  It reads the scenario itself, keeps it for its
next world, and refuses to work when what it read is not what the parent read.  It returns packed
outcomes; only the parent writes them down.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
import threading
import time
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from commsim.errors import UserError
from commsim.experiments import cluster

ENGINE = "commsim.engine:run_world"


class Task(NamedTuple):
    """What a worker must know to live one world."""

    source: str  # id or path of the scenario
    digest: str  # of the scenario as the parent read it
    scale: str
    policies: tuple[str, ...]
    world: int
    days: int
    run_world: str | Callable = ENGINE  # "module:function", or the function itself
    version: str = ""  # of the model, as the parent sees it
    parent: int = 0  # process id of the parent; 0 in the parent itself, cluster.ELSEWHERE on other machines


class Lived(NamedTuple):
    """One finished run: ``outcome`` is packed JSON, or ``error`` says why there is none."""

    policy: str
    outcome: bytes | None
    error: str | None


_scenarios: dict[str, object] = {}  # digest -> the scenario, kept between the worlds of a process


def keep_scenario(scenario) -> None:
    """Let worlds that are lived in this process use a scenario that is already loaded."""
    _scenarios[scenario.digest] = scenario


def live(task: Task) -> tuple[int, list[Lived]]:
    """Live one world under every policy of the task: (world, its finished runs).

    A mistake of the user's (UserError) is raised.  Any other error becomes a failed run; when the
    world was lived under several policies, each is tried alone to find the one that fails.
    """
    if task.parent:
        settle(task.parent, task.version)
    scenario = _scenario(task.source, task.digest)
    run_world = _function(task.run_world)
    try:
        outcomes = run_world(scenario, task.scale, list(task.policies), task.world, task.days)
        return task.world, [Lived(p, pack(outcomes[p]), None) for p in task.policies]
    except UserError:
        raise
    except Exception:
        if len(task.policies) == 1:
            return task.world, [Lived(task.policies[0], None, traceback.format_exc())]
    alone = (live(task._replace(policies=(policy,), parent=0)) for policy in task.policies)
    return task.world, [lived for _, runs in alone for lived in runs]


def pack(outcome: dict) -> bytes:
    """JSON, compressed.  Python writes the shortest digits that read back as the same float64."""
    text = json.dumps(outcome, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return zlib.compress(text.encode())


def unpack(packed: bytes) -> dict:
    """The outcome as it was before ``pack``, to the last bit."""
    return json.loads(zlib.decompress(packed))


def processors() -> int:
    """How many tasks are done at once unless the user says otherwise: as many as there are processors."""
    if (machines := cluster.current()) is not None:
        return machines.processors()
    from joblib import cpu_count

    return cpu_count()


def have_compiled(tell: Callable[[], None]) -> None:
    """Compile the kernels if need be, once here or once a machine of a cluster, rather than in every worker at the
    same time; ``tell`` is called before something that takes a minute."""
    if (machines := cluster.current()) is not None:
        return machines.compile(tell)
    from commsim import kernels

    if not kernels.warmed():
        from commsim.engine import warm

        tell()
        warm()


def spread(tasks: list, jobs: int, work: Callable = live) -> Iterator:
    """Do ``work`` with each task (live it) in ``jobs`` processes; results come as they finish, in any order.

    Within ``on_cluster`` the workers of the cluster do it, and ``jobs`` says nothing.  Closing the iterator early
    (an error or Ctrl-C in the parent) stops the local workers, and takes back what others have not begun.  Raises
    UserError when workers die or the cluster is gone.
    """
    machines = cluster.current()
    if machines is None and (jobs == 1 or len(tasks) < 2):
        yield from map(work, tasks)
        return
    results = _in_processes(tasks, jobs, work) if machines is None else machines.spread(tasks, work)
    done = 0
    try:
        for result in results:
            done += 1
            yield result
        if done < len(tasks):  # joblib takes a scheduler that went away for the end
            raise UserError("cluster_gone", place=machines and machines.scheduler)
    except BaseException as fault:
        if (key := _BROKEN.get(type(fault).__name__)) is None:
            raise
        raise UserError(key, value=jobs, place=machines and machines.scheduler) from fault
    finally:
        with warnings.catch_warnings():  # joblib warns of the tasks that are dropped on purpose
            warnings.simplefilter("ignore", UserWarning)
            results.close()


_BROKEN = {"TerminatedWorkerError": "compare_worker_died", "BrokenProcessPool": "compare_worker_died",
           "KilledWorker": "cluster_workers_died", "CancelledError": "cluster_gone", "FutureCancelledError":
           "cluster_gone", "ClosedClientError": "cluster_gone", "CommClosedError": "cluster_gone"}  # fmt: skip


def _in_processes(tasks: list, jobs: int, work: Callable):
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1):
        parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=2 * jobs)
        return parallel(delayed(work)(task._replace(parent=os.getpid())) for task in tasks)


def _scenario(source: str, digest: str):
    if digest not in _scenarios:
        from commsim.scenarios import load

        found = load(source)
        if found.digest != digest:
            raise UserError("compare_scenario_changed", place=source)
        _scenarios[digest] = found
    return _scenarios[digest]


def _function(named: str | Callable) -> Callable:
    if callable(named):
        return named
    module, name = named.split(":")
    return getattr(import_module(module), name)


@cache
def settle(parent: int, version: str) -> None:
    """Once per worker: the parent's model; on the parent's machine also one thread, Ctrl-C left to it, no life
    after it.  A worker elsewhere belongs to its cluster, which sees to the rest."""
    from commsim.experiments.ledger import model_version

    if model_version() != version:
        key = "cluster_model" if parent == cluster.ELSEWHERE else "compare_model_changed"
        raise UserError(key, place=platform.node(), value=model_version(), allowed=version)
    if parent == cluster.ELSEWHERE:
        return
    import numba

    numba.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32" and os.getppid() == parent:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int, every: float = 1.0) -> None:
    while os.getppid() == parent:
        time.sleep(every)
    os._exit(1)
