"""Numbers about a community; the same functions serve simulated and real logs.

Names are loaded when first used: reading the table of measures must not wait for the kernels of another file.
"""

from importlib import import_module

_WHERE = {
    "ended_within": "durations", "median_duration": "durations", "survival": "durations",
    "gini": "inequality",
    "ACQUAINTED": "networks", "STRONG": "networks", "mean_clustering": "networks",
    "MEASURES": "table", "STRATA": "table", "Measure": "table",
}  # fmt: skip
__all__ = sorted(_WHERE)


def __getattr__(name):
    if name in _WHERE:
        return getattr(import_module(f"commsim.measures.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'commsim.measures' has no attribute {name!r}")


def __dir__():
    return __all__
