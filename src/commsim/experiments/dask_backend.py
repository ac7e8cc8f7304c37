"""joblib's way to Dask, with three repairs.

As of joblib 1.6 a task that the scheduler has given up (its worker died too often, the scheduler is gone) would be
waited for without end; tasks that nobody waits for any more would still be done; and a cluster of one worker would
do nothing, because one task at a time is done in the parent.
"""

from __future__ import annotations

from joblib._dask import DaskDistributedBackend


class Backend(DaskDistributedBackend):
    """Made from a client: ``parallel_config(backend=Backend(client=client))``."""

    def effective_n_jobs(self, n_jobs):
        """How many tasks the workers can do at once, but never the 1 that keeps tasks in the parent."""
        return max(2, super().effective_n_jobs(n_jobs))

    def submit(self, func, callback=None):
        """As joblib's; ``callback`` is called with the error of a task that was given up."""
        future = super().submit(func, callback)
        future.add_done_callback(lambda done: done.exception() and callback(done.exception()))
        return future

    def retrieve_result_callback(self, out):
        """The result of a task; raises the error that ended it."""
        if isinstance(out, BaseException):
            raise out
        return super().retrieve_result_callback(out)

    def abort_everything(self, ensure_ready=True):
        """Take back every task; one that is being done ends unheard."""
        super().abort_everything(ensure_ready)
        if self.client.status == "running":
            self.client.cancel(list(self._results))
