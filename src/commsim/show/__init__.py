"""Pictures and reports: what a comparison found, for people.

The modules are loaded when first used, so that commands without pictures never load matplotlib.
"""

from importlib import import_module

_WHERE = ("figures", "fonts", "report")
__all__ = list(_WHERE)


def __getattr__(name):
    if name in _WHERE:
        return import_module(f"commsim.show.{name}")
    raise AttributeError(f"module 'commsim.show' has no attribute {name!r}")


def __dir__():
    return sorted(_WHERE)
