"""How a group exchanges: measures of who writes and who answers whom, on plain arrays, for simulated and real logs.

``sender`` and ``to`` (int[messages], rows 0..n-1; ``to`` is -1 without an addressee) and ``time`` (seconds) describe
messages in order of time; ``n`` is the size of the roster, silent members included.  A directed *tie* is a pair
(i, j), i != j, with at least one message from i to j; ``ties`` are such pairs as sorted codes i * n + j (int64).
NaN: nobody or nothing that a number could be of.  Sources: Wasserman & Faust (1994) for density and reciprocity,
Freeman (1978) for centralisation, Seidman (1983) for cores, Krackhardt & Stern (1988) for the E-I index,
Laakso & Taagepera (1979) for effective numbers, Kaplan & Meier (1958) for times.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.measures.durations import ended_within, median_duration
from commsim.measures.inequality import gini

NAN = float("nan")
HOUR = 3600.0
LEADERS_TRIED = 10  # members with most ties to other buildings, each taken away in turn


def ties_of(sender, to, n: int) -> np.ndarray:
    """Different directed ties among ``n`` members, sorted: int64[ties]."""
    sender, to = np.asarray(sender, np.int64), np.asarray(to, np.int64)
    real = (to >= 0) & (to != sender)
    return different(sender[real] * n + to[real])


def different(codes) -> np.ndarray:
    """Sorted codes without repetitions (np.unique goes by hashing, which takes five times as long for a million)."""
    codes = np.sort(codes)
    new = np.ones(len(codes), bool)
    new[1:] = codes[1:] != codes[:-1]
    return codes[new]


def undirected(ties, n: int) -> np.ndarray:
    """Different pairs (smaller row first), whoever wrote: sorted codes, int64[pairs]."""
    a, b = np.divmod(ties, n) if n else (ties, ties)
    return different(np.minimum(a, b) * n + np.maximum(a, b))


def density(ties, n: int) -> float:
    """Directed ties over the n (n - 1) possible ones."""
    return len(ties) / (n * (n - 1)) if n > 1 else NAN


def mean_degree(ties, n: int) -> float:
    """Mean number of others with whom a member has a tie, in either direction."""
    return 2.0 * len(undirected(ties, n)) / n if n else NAN


def reciprocity(ties, n: int) -> float:
    """Share of directed ties that are returned."""
    if len(ties) == 0:
        return NAN
    a, b = np.divmod(ties, n)
    back = np.sort(b * n + a)
    place = np.minimum(np.searchsorted(ties, back), len(ties) - 1)
    return float((ties[place] == back).mean())


def reciprocity_beyond_chance(ties, n: int) -> float:
    """rho = (r - D) / (1 - D): 0 where ties are returned as often as chance would have it (Garlaschelli & Loffredo
    2004); it does not rise merely because the graph is denser."""
    r, d = reciprocity(ties, n), density(ties, n)
    return (r - d) / (1.0 - d) if d < 1.0 else NAN


def centralisation(ties, n: int) -> tuple[float, float]:
    """(in, out): sum of differences from the largest degree, over the (n - 1)^2 of a star (Freeman 1978)."""
    if n < 2:
        return NAN, NAN
    a, b = np.divmod(ties, n)
    degrees = np.bincount(b, minlength=n), np.bincount(a, minlength=n)
    return tuple(float((d.max() - d).sum() / (n - 1) ** 2) for d in degrees)


def core_numbers(ties, n: int) -> np.ndarray:
    """Core number of each member in the undirected simple graph: int64[n]; 0 without ties.

    By igraph where it is installed, else by networkx, which takes seconds where members have thousands of ties.
    """
    a, b = np.divmod(undirected(ties, n), max(n, 1))
    tied, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    ends, core = ends.reshape(2, -1).T, np.zeros(n, np.int64)
    try:
        from igraph import Graph
    except ImportError:
        from networkx import Graph, core_number

        graph = Graph()
        graph.add_nodes_from(range(len(tied)))
        graph.add_edges_from(ends.tolist())
        core[tied] = list(core_number(graph).values())
    else:
        core[tied] = Graph(len(tied), ends).coreness()
    return core


def effective_voices(counts) -> float:
    """1 / sum p^2: as many equally busy members would be as unequal as these."""
    counts = np.asarray(counts, float)
    total = counts.sum()
    return float(total**2 / (counts**2).sum()) if total > 0 else NAN


def top_tenth(counts) -> float:
    """Share of everything that the busiest tenth of the members has (at least one member)."""
    counts = np.sort(np.asarray(counts, float))
    total = counts.sum()
    return float(counts[-max(1, round(len(counts) / 10)) :].sum() / total) if total > 0 else NAN


def participation(counts) -> dict[str, float]:
    """Everything about who speaks, from messages sent by each member of the roster, silent ones included."""
    counts = np.asarray(counts)
    voices = counts[counts > 0]
    return {
        "coverage": len(voices) / len(counts) if len(counts) else NAN,
        "gini": gini(counts), "gini_senders": gini(voices),
        "voices": effective_voices(counts), "top_tenth": top_tenth(counts),
    }  # fmt: skip


def came_back(sender, to, n: int) -> np.ndarray:
    """How many messages by others each member was addressed in: int64[n]."""
    sender, to = np.asarray(sender), np.asarray(to)
    return np.bincount(to[(to >= 0) & (to != sender)], minlength=n)


def heard(sender, to, n: int) -> float:
    """Share of those who sent something to whom something came back, in the messages given."""
    sent = np.bincount(sender, minlength=n) > 0
    return float((came_back(sender, to, n) > 0)[sent].mean()) if sent.any() else NAN


# Across buildings


def ei_index(ties, n: int, place) -> float:
    """(external - internal) / all pairs that have a tie, by ``place`` (int[n], -1 unknown: left out)."""
    a, b = np.divmod(undirected(ties, n), max(n, 1))
    place = np.asarray(place)
    known = (place[a] >= 0) & (place[b] >= 0)
    outside = (place[a] != place[b])[known]
    return float((outside.sum() - (~outside).sum()) / len(outside)) if len(outside) else NAN


def reach_across(ties, n: int, place, without=None) -> float:
    """Share of pairs of members of different places whom ties connect over any number of steps.

    ``without``: a member who is gone (the pairs are then among the others).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = np.array(place)
    a, b = np.divmod(ties, max(n, 1))
    if without is not None:
        place[without] = -1
        a, b = a[(a != without) & (b != without)], b[(a != without) & (b != without)]
    _, component = connected_components(coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n, n)), directed=False)
    here = place >= 0
    component, place = component[here].astype(np.int64), place[here].astype(np.int64)

    def pairs(code):
        size = np.unique(code, return_counts=True)[1].astype(float)
        return (size**2).sum()

    across = float(len(place)) ** 2 - pairs(place)
    reached = pairs(component) - pairs(component * (place.max(initial=0) + 1) + place)
    return float(reached / across) if across > 0 else NAN


def lost_with_one(ties, n: int, place) -> float:
    """How much of the reach across places goes with one member: the most among the ten best connected across."""
    whole = reach_across(ties, n, place)
    pairs = undirected(ties, n)
    a, b = np.divmod(pairs, max(n, 1))
    place = np.asarray(place)
    across = (place[a] >= 0) & (place[b] >= 0) & (place[a] != place[b])
    ends = np.bincount(np.concatenate([a[across], b[across]]), minlength=n)
    tried = [m for m in np.argsort(-ends, kind="stable")[:LEADERS_TRIED] if ends[m] > 0]
    left = [reach_across(ties, n, place, without=m) for m in tried]
    left = [x for x in left if not np.isnan(x)]
    return max((whole - x for x in left), default=NAN)


# Times


class Openings(NamedTuple):
    """Openings and their waits: ``message`` (row, int64), ``hours`` until the answer or the end, ``answered``."""

    message: np.ndarray
    hours: np.ndarray
    answered: np.ndarray


def openings_by_pair(sender, to, time, end: float) -> Openings:
    """Openings where messages are addressed to members: the first message from i to j since j last wrote to i (or
    since ever); answered by j's next message to i, else censored at ``end``."""
    sender, to, time = np.asarray(sender, np.int64), np.asarray(to, np.int64), np.asarray(time, float)
    rows = np.flatnonzero((to >= 0) & (to != sender))
    s, t = sender[rows], to[rows]
    pair = np.minimum(s, t) * (max(s.max(initial=0), t.max(initial=0)) + 1) + np.maximum(s, t)
    order = np.argsort(pair, kind="stable")
    rows, pair, s = rows[order], pair[order], s[order]
    first = np.ones(len(rows), bool)
    first[1:] = (pair[1:] != pair[:-1]) | (s[1:] != s[:-1])  # a turn begins
    rows, pair = rows[first], pair[first]
    answered = np.zeros(len(rows), bool)
    answered[:-1] = pair[1:] == pair[:-1]  # the next turn of the two is the other's
    until = np.full(len(rows), float(end))
    until[answered] = time[rows[1:]][answered[:-1]]
    back = np.argsort(rows)
    return Openings(rows[back], ((until - time[rows]) / HOUR)[back], answered[back])


def openings_by_message(sender, answers, time, end: float) -> Openings:
    """Openings where a reply names its message (``answers``, int[messages], -1: none): messages that reply to nobody
    else; answered by the first reply of another member, else censored at ``end``."""
    sender, answers, time = np.asarray(sender), np.asarray(answers), np.asarray(time, float)
    to_other = (answers >= 0) & (sender[np.maximum(answers, 0)] != sender)
    replies = np.flatnonzero(to_other)
    until = np.full(len(sender), np.inf)
    np.minimum.at(until, answers[replies], time[replies])
    rows = np.flatnonzero(~to_other)
    answered = np.isfinite(until[rows])
    return Openings(rows, (np.where(answered, until[rows], end) - time[rows]) / HOUR, answered)


def response(hours, answered, within: float) -> dict[str, float]:
    """What openings waited: medians in hours, share unanswered, share answered ``within`` hours with 95 % interval."""
    hours, answered = np.asarray(hours, float), np.asarray(answered, bool)
    low, high = _interval(hours, answered, within)
    return {
        "openings": len(hours),
        "unanswered": float((~answered).mean()) if len(hours) else NAN,
        "response_median": median_duration(hours, answered) if len(hours) else NAN,
        "response_median_naive": float(np.median(hours[answered])) if answered.any() else NAN,
        "answered_within": ended_within(hours, answered, within),
        "answered_within_low": low, "answered_within_high": high,
    }  # fmt: skip


def _interval(hours, answered, within: float) -> tuple[float, float]:
    """95 % interval of the share ended within: log-log of Greenwood's variance; Wilson's where that has none."""
    import warnings

    from scipy.stats import CensoredData, binomtest, ecdf

    followed = answered | (hours >= within)  # whose outcome by then is known
    if not followed.any():
        return NAN, NAN
    ended = int((answered & (hours <= within)).sum())
    if 0 < ended < followed.sum():
        curve = ecdf(CensoredData(hours[answered], right=hours[~answered])).sf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # undefined where nothing or everything has ended: not at ``within``
            bounds = curve.confidence_interval(method="log-log")
        high, low = (1.0 - float(side.evaluate(within)) for side in (bounds.low, bounds.high))
        if np.isfinite(low) and np.isfinite(high):
            return low, high
    found = binomtest(ended, int(followed.sum())).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


class Corrections(NamedTuple):
    """Rumours of a log: ``hours`` until the first correction (or the end), ``corrected``, ``exposed``."""

    hours: np.ndarray
    corrected: np.ndarray
    exposed: np.ndarray


def corrections(sender, thread, time, rumour, correction, end: float) -> Corrections:
    """Time from a rumour to the first correction in its thread, and different members who wrote there meanwhile.

    ``rumour`` and ``correction`` (bool[messages]).  Rumours told again before a correction belong to the first.
    """
    sender, thread, time = np.asarray(sender), np.asarray(thread), np.asarray(time, float)
    found = []
    for k in np.unique(thread[rumour]):
        rows = np.flatnonzero(thread == k)
        starts, ends = rows[rumour[rows]], rows[correction[rows]]
        after = -1
        for row in starts.tolist():
            if row <= after:
                continue
            later = ends[np.searchsorted(ends, row, side="right") :]
            after = int(later[0]) if len(later) else len(sender)
            between = rows[(rows >= row) & (rows < after)]
            until = time[after] if len(later) else end
            found.append(((until - time[row]) / HOUR, len(later) > 0, len(np.unique(sender[between]))))
    hours, done, exposed = zip(*found, strict=True) if found else ((), (), ())
    return Corrections(np.array(hours, float), np.array(done, bool), np.array(exposed, np.int64))


# Over time


def windows_of(time, begin: float, length: float) -> tuple[np.ndarray, int]:
    """(window of each message, how many): windows of ``length`` seconds from ``begin`` on; a last one of which less
    than half has been seen is left out (its messages have numbers past the last)."""
    time = np.asarray(time, float)
    if len(time) == 0:
        return np.zeros(0, np.int64), 0
    window = ((time - begin) // length).astype(np.int64)
    seen = (time.max() - begin) / length
    return window, max(1, int(seen) + (seen - int(seen) >= 0.5))
