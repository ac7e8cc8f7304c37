"""Experiments: the same worlds lived under several policies, and what may be said of the difference.

The names are loaded when first used, so that a worker that needs one file does not import them all.
"""

from importlib import import_module

_WHERE = {
    "compare": "comparison",
    "Comparison": "comparison",
    "Ledger": "ledger",
    "model_version": "ledger",
    "on_cluster": "cluster",
    "progress_on": "progress",
    "validate": "validation",
    "morris": "sensitivity",
    "screen": "sensitivity",
    "sobol_total": "sensitivity",
}
__all__ = sorted(_WHERE)


def __getattr__(name):
    if name in _WHERE:
        return getattr(import_module(f"commsim.experiments.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'commsim.experiments' has no attribute {name!r}")


def __dir__():
    return __all__
