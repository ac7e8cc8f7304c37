"""Where a study is done: with so many processors of this computer, or by the workers of a Dask cluster."""

from __future__ import annotations

from functools import wraps

import click

from commsim.cli.spoken import Name, Whole


def machines(command):
    """Gives a command ``--jobs``, ``--backend`` and ``--scheduler``, and runs it where they say."""

    @click.option("--jobs", type=Whole(1, 4096), metavar="N")
    @click.option("--backend", type=Name("backend"), metavar="local|dask")
    @click.option("--scheduler", metavar="ADDRESS")
    @wraps(command)
    def there(*args, jobs, backend, scheduler, **rest):
        if backend is None and scheduler is None:
            return command(*args, jobs=jobs, **rest)
        from commsim.experiments.cluster import chosen

        with chosen(backend, scheduler, jobs):
            return command(*args, jobs=jobs, **rest)

    return there
