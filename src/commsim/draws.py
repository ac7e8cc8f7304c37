"""Keyed randomness: every chance event is a pure function of what it is about.

A draw is named by (world, purpose, day, person, other, ordinal) and is the output of
Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") for that key:
key words (world, purpose), counter words (day, person, other, ordinal).  Policies compared in one
world therefore share all luck that they do not change.  Purposes are declared here by name.
"""

from __future__ import annotations

import math
import zlib

import numpy as np

from commsim.kernels import inlined, kernel

_PURPOSES = (
    # who lives here
    "household size", "household tenure", "household elder", "household since", "seat age",
    "sociability", "commuter", "literate", "interest", "cooperation type", "motivation",
    "trust at start", "volunteer at start",
    # a day
    "move", "new tenancy", "chats", "chat partner", "place to linger",
    "need", "need class", "need report", "need hour", "need knows phone",
    "exposure", "join", "leave", "found", "found interest", "found private",
    "small talk", "talk hour", "talk group", "replies", "replier", "replies freely", "reply hour", "watch", "watcher",
    "visit order", "hears of class", "wants to learn", "class seat",
    "service time", "look", "repair", "self help", "thanks",
    "announcement seen", "sign up", "seat lottery", "group lottery", "table", "volunteer", "volunteer stops",
    "project arrives", "project household", "project value", "representative",
    "vote turnout", "vote choice", "notice seen", "objection", "hearing",
    "parameter draw",
    # the stairwell
    "clutter", "clutter cleared", "clutter shown", "photo seen", "envoy",
    "trouble", "troubled", "plea looks", "plea looker", "helps",

    # leaders and helpers
    "acts", "somebody to help", "taken as owed", "thanks for help", "onlookers", "onlooker", "petitioner",
    "comes forward", "crisis meeting", "sees the leader", "suspects", "speaks out", "hearers", "hearer", "withdraws",
    "building leader", "door order", "opens the door", "knows the community",

    # affairs
    "rumour", "rumour starts", "rumour heard", "rumour posted", "rumour post group", "rumour over",
    "account post", "account follower",
    "deliberates", "view hour", "reads thread", "quarrel", "rule of a group", "mediator", "mediation step",
    "report hour",
    "coaching order", "admits staff", "group leader", "leaders' seats", "turns to service", "serves", "served",
    "serving volunteer", "grant lottery",

    # services
    "whose need", "firm answers", "watch the firm", "watcher of the firm", "talk day", "live report", "books seen",
    "service brought", "hall theme", "hall visit", "hall guest", "move in a wave",
)  # fmt: skip

PURPOSES = {name: zlib.crc32(name.encode()) for name in _PURPOSES}
if len(set(PURPOSES.values())) != len(_PURPOSES):
    raise RuntimeError("two purposes share a hash: rename one")


def purpose(name: str) -> int:
    """The key word of a declared purpose; an undeclared name is an error."""
    if name not in PURPOSES:
        raise KeyError(f"undeclared purpose {name!r}: add it to draws._PURPOSES")
    return PURPOSES[name]


M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
UP20, DOWN12 = np.uint64(20), np.uint64(12)
SCALE = 2.0**-52
DAY_ZERO = 1 << 20  # days before the start are negative; keys are not


@inlined
def philox(key0, key1, c0, c1, c2, c3):
    """Philox4x32-10: four uint64 holding 32 random bits each, from a key and a counter."""
    k0, k1 = np.uint64(key0) & LOW, np.uint64(key1) & LOW
    x0, x1 = np.uint64(c0) & LOW, np.uint64(c1) & LOW
    x2, x3 = np.uint64(c2) & LOW, np.uint64(c3) & LOW
    for turn in range(10):
        if turn > 0:
            k0, k1 = (k0 + W0) & LOW, (k1 + W1) & LOW
        p0, p1 = M0 * x0, M1 * x2
        x0, x1, x2, x3 = (p1 >> HALF) ^ x1 ^ k0, p1 & LOW, (p0 >> HALF) ^ x3 ^ k1, p0 & LOW
    return x0, x1, x2, x3


@inlined
def open_unit(high, low):
    """A float64 in the open interval (0, 1) from two 32-bit words: 52 bits and a half."""
    return (np.float64((high << UP20) | (low >> DOWN12)) + 0.5) * SCALE


@kernel("float64(int64, int64, int64, int64, int64, int64)")
def draw(world, what, day, person, other, ordinal):
    """One uniform in (0, 1) for this key."""
    x0, x1, _, _ = philox(world, what, day + DAY_ZERO, person, other, ordinal)
    return open_unit(x0, x1)


@kernel("UniTuple(float64, 2)(int64, int64, int64, int64, int64, int64)")
def draw_two(world, what, day, person, other, ordinal):
    """Two independent uniforms in (0, 1) for this key."""
    x0, x1, x2, x3 = philox(world, what, day + DAY_ZERO, person, other, ordinal)
    return open_unit(x0, x1), open_unit(x2, x3)


@kernel("float64(float64)")
def logistic(x):
    """1 / (1 + e^-x), without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


@kernel("int64(float64, float64)")
def poisson(mean, u):
    """Poisson count by inverse CDF from one uniform; above 700, where e^-mean vanishes, the mean."""
    if u <= 1.0 - mean:  # below e^-mean for certain
        return 0
    if mean > 700.0:
        return int(mean + 0.5)
    p = math.exp(-mean)
    total, count = p, 0
    while u > total and count < 10_000:
        count += 1
        p *= mean / count
        total += p
    return count


@kernel("float64(float64, float64)")
def exponential(mean, u):
    """Exponential waiting time by inverse CDF."""
    return -mean * math.log(u)


@kernel("float64(float64, float64)")
def normal(u1, u2):
    """Standard normal from two uniforms (Box-Muller, one of the pair)."""
    return math.sqrt(-2.0 * math.log(u1)) * math.cos(2.0 * math.pi * u2)


@kernel("float64[::1](int64, int64, int64, int64, int64, int64, int64)")
def column(world, what, day, first, end, other, ordinal):
    """``draw`` for each row of first..end-1, eight at a time where the processor can: float64[end - first]."""
    out = np.empty(end - first)
    for k in range(end - first):
        x0, x1, _, _ = philox(world, what, day + DAY_ZERO, first + k, other, ordinal)
        out[k] = open_unit(x0, x1)
    return out


@kernel("float64[::1](int64, int64, int64, int64[::1], int64, int64)")
def column_of(world, what, day, rows, other, ordinal):
    """``draw`` for each of ``rows`` (int64[n]): float64[n]."""
    out = np.empty(len(rows))
    for k in range(len(rows)):
        x0, x1, _, _ = philox(world, what, day + DAY_ZERO, rows[k], other, ordinal)
        out[k] = open_unit(x0, x1)
    return out


@kernel("UniTuple(float64[::1], 2)(int64, int64, int64, int64, int64, int64, int64)")
def two_columns(world, what, day, first, end, other, ordinal):
    """``draw_two`` for each row of first..end-1: two float64[end - first]."""
    out, second = np.empty(end - first), np.empty(end - first)
    for k in range(end - first):
        x0, x1, x2, x3 = philox(world, what, day + DAY_ZERO, first + k, other, ordinal)
        out[k], second[k] = open_unit(x0, x1), open_unit(x2, x3)
    return out, second
