"""Scenarios: places with their numbers and sources, and the policies that may be tried there."""

from importlib import import_module

_WHERE = {
    "available": "names",
    "load": "reading",
    "Number": "scenario", "Policy": "scenario", "Scale": "scenario", "Scenario": "scenario",
    "number_in_words": "telling", "rule_in_words": "telling", "shock_in_words": "telling",
    "source_in_words": "telling",
}  # fmt: skip
__all__ = sorted(_WHERE)


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"module 'commsim.scenarios' has no attribute {name!r}")
    return getattr(import_module(f"commsim.scenarios.{_WHERE[name]}"), name)


def __dir__():
    return __all__
