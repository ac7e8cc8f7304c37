"""Numbers about a community; the same functions serve simulated and real logs."""

from commsim.measures.durations import ended_within, median_duration, survival
from commsim.measures.inequality import gini
from commsim.measures.networks import ACQUAINTED, STRONG, mean_clustering
from commsim.measures.table import MEASURES, STRATA, Measure

__all__ = ["ACQUAINTED", "MEASURES", "STRATA", "STRONG", "Measure", "ended_within", "gini",
           "mean_clustering", "median_duration", "survival"]  # fmt: skip
