"""What the checks share: the package's own place where nothing happens, and how near is near enough."""

import numpy as np

from commsim.special import SURE, change, dense_ties, hamlet, know, live, logit, strengths
from commsim.state.ties import level_on

__all__ = ["SURE", "assert_mean", "assert_share", "change", "dense_ties", "hamlet", "know", "level_on", "live",
           "logit", "strengths"]  # fmt: skip


def assert_mean(sample, expected, bias=0.0, errors=4.0):
    """The mean of independent observations lies within 4 standard errors of theory, plus a stated bias."""
    sample = np.asarray(sample, float)
    error = errors * sample.std(ddof=1) / np.sqrt(len(sample)) + bias
    assert abs(sample.mean() - expected) <= error, f"{sample.mean():.5f} against {expected:.5f} ± {error:.5f}"


def assert_share(successes, trials, p, bias=0.0, errors=4.0):
    """A share of independent trials lies within 4 standard errors of p, plus a stated bias."""
    error = errors * np.sqrt(p * (1.0 - p) / trials) + 1.0 / trials + bias
    assert abs(successes / trials - p) <= error, f"{successes / trials:.5f} against {p:.5f} ± {error:.5f}"
