"""Worlds lived on other machines: a Dask scheduler hands the tasks of ``worlds.spread`` to its workers.

Only where a task is done changes.  The parent still gets the results and writes the ledger alone; a task
whose worker dies is done again by another.  Dask is imported when a cluster is asked for, not before.
"""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cached_property
from importlib.util import find_spec

from commsim.errors import UserError, nearest

BACKENDS = ("local", "dask")
PATIENCE = 15.0  # seconds until a scheduler must answer
WORKERS_PATIENCE = 60.0  # seconds until the first worker must be there
AHEAD = 1000  # tasks that the scheduler knows of: enough to keep late workers busy, few enough to hold
ELSEWHERE = -1  # as a task's parent: another machine, where there is no parent to outlive
_current: ContextVar[Cluster | None] = ContextVar("cluster", default=None)
_one = threading.Lock()


def current() -> Cluster | None:
    """The cluster that worlds are lived on, None for this machine."""
    return _current.get()


@contextmanager
def on_cluster(scheduler: str) -> Iterator[Cluster]:
    """Within this block ``compare``, ``validate`` and the other studies live their worlds on a Dask cluster.

    ``scheduler``: its address, such as ``tcp://10.0.0.1:8786``; it is called when there is something to do.
    The workers are left running at the end.  Raises UserError without the packages of ``commsim[cluster]``;
    a study raises it when nobody answers, nobody works there, or a worker has another model version.
    """
    if missing := [name for name in ("dask", "distributed") if find_spec(name) is None]:
        raise UserError("cluster_missing", value=", ".join(missing))
    cluster = Cluster(scheduler)
    before = _current.set(cluster)
    try:
        yield cluster
    finally:
        _current.reset(before)
        cluster.close()


def chosen(backend: str | None, scheduler: str | None, jobs: int | None) -> AbstractContextManager:
    """What the options ``--backend``, ``--scheduler`` and ``--jobs`` of a command ask for, as a block to work in."""
    if backend not in (None, *BACKENDS):
        raise UserError("backend_unknown", value=backend, allowed=", ".join(BACKENDS),
                        nearest=nearest(backend, BACKENDS))  # fmt: skip
    if backend != "dask":
        if scheduler is not None:
            raise UserError("cluster_not_asked", value=scheduler)
        return nullcontext()
    if scheduler is None:
        raise UserError("cluster_no_address")
    if jobs is not None:
        raise UserError("cluster_jobs", value=jobs)
    return on_cluster(scheduler)


class Cluster:
    """The workers of one scheduler; it is called when they are first needed."""

    def __init__(self, scheduler: str):
        self.scheduler = scheduler
        self._compiled = False

    @cached_property
    def client(self):
        """The connection, once every worker that is there was found to have this model."""
        import distributed

        try:
            client = distributed.Client(self.scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as fault:  # no answer in time is an OSError too
            raise UserError("cluster_no_scheduler", place=self.scheduler) from fault
        try:
            client.wait_for_workers(1, timeout=WORKERS_PATIENCE)
            self._check(client)
        except BaseException as fault:
            client.close()
            if isinstance(fault, TimeoutError):
                raise UserError("cluster_no_workers", place=self.scheduler, value=f"{WORKERS_PATIENCE:g}") from fault
            raise
        return client

    def _check(self, client) -> None:
        from commsim.experiments.ledger import model_version

        for place, found in client.run(_machine_and_version, on_error="return").items():
            if isinstance(found, OSError):  # it died while it was asked
                continue
            if isinstance(found, BaseException):
                raise UserError("cluster_no_commsim", place=place, value=f"{type(found).__name__}: {found}")
            machine, version = found
            if version != model_version():
                raise UserError("cluster_model", place=machine, value=version, allowed=model_version())

    def processors(self) -> int:
        """How many tasks the workers say they can do at once, at least 1."""
        return max(1, sum(self.client.ncores().values()))

    def compile(self, tell: Callable[[], None]) -> None:
        """Have one worker of every machine compile the kernels, if need be; the others there then load them."""
        if self._compiled:
            return
        first = {}
        for place, (machine, ready) in self.client.run(_machine_and_kernels, on_error="ignore").items():
            if not ready:
                first.setdefault(machine, place)
        if first:
            tell()
            self.client.gather([self.client.submit(_compile, workers=[place], pure=False) for place in first.values()])
        self._compiled = True

    def spread(self, tasks: list, work: Callable) -> Iterator:
        """joblib's results, in the order in which they come."""
        from joblib import Parallel, delayed, parallel_config

        from commsim.experiments.dask_backend import Backend

        with parallel_config(backend=Backend(client=self.client)):
            parallel = Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1, pre_dispatch=AHEAD)
        return parallel(delayed(one_at_a_time)(work, task._replace(parent=ELSEWHERE)) for task in tasks)

    def close(self) -> None:
        """Forget the tasks that are not done, and hang up.  The workers stay."""
        if "client" in vars(self):
            self.client.close()


# -- in a worker ----------------------------------------------------------------------------------------------


def one_at_a_time(work: Callable, task):
    """Do a task alone in its process: a worker's other threads would only take turns with it, and memory."""
    with _one:
        return work(task)


def _machine_and_version() -> tuple[str, str]:
    from commsim.experiments.ledger import model_version

    return platform.node(), model_version()


def _machine_and_kernels() -> tuple[str, bool]:
    from commsim import kernels

    return platform.node(), kernels.warmed()


def _compile() -> None:
    from commsim.engine import warm

    warm()
