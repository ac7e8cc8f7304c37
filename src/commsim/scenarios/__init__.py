"""Scenarios: places with their numbers and sources, and the policies that may be tried there."""

from commsim.scenarios.reading import available, load
from commsim.scenarios.scenario import Number, Policy, Scale, Scenario
from commsim.scenarios.telling import number_in_words, rule_in_words, shock_in_words, source_in_words

__all__ = ["Number", "Policy", "Scale", "Scenario", "available", "load", "number_in_words",
           "rule_in_words", "shock_in_words", "source_in_words"]  # fmt: skip
