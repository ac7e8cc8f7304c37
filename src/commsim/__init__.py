"""commsim: how neighbourhoods of strangers become neighbourhoods of acquaintances.

The public names below are loaded when first used, so that ``import commsim`` stays quick.
"""

from importlib import import_module

__version__ = "0.1.0"

_WHERE = {
    "load": "commsim.scenarios",
    "scenarios": "commsim.scenarios",
    "Community": "commsim.community",
    "branch": "commsim.community",
    "compare": "commsim.experiments",
    "report": "commsim.show",
    "measures": "commsim.measures",
    "UserError": "commsim.errors",
}
__all__ = sorted([*_WHERE, "__version__"])


def __getattr__(name):
    if name in _WHERE:
        module = import_module(_WHERE[name])
        return module if _WHERE[name].endswith(f".{name}") else getattr(module, name)
    raise AttributeError(f"module 'commsim' has no attribute {name!r}")


def __dir__():
    return __all__
