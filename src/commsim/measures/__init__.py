"""Numbers about a community; the same functions serve simulated and real logs."""

from commsim.measures.durations import ended_within, median_duration, survival
from commsim.measures.inequality import gini
from commsim.measures.networks import ACQUAINTED, STRONG, acquaintances_of, mean_clustering, share_within
from commsim.measures.table import MEASURES, STRATA, Measure

__all__ = ["ACQUAINTED", "MEASURES", "STRATA", "STRONG", "Measure", "acquaintances_of", "ended_within",
           "gini", "mean_clustering", "median_duration", "share_within", "survival"]  # fmt: skip
