"""A script: lives through some weeks as ordinary Python, logs every key that is drawn, and prints

``drawn`` {purpose: keys}, ``again`` the keys drawn more than once [purpose, how often, on how many days,
most often in one day, who draws, (world, day word, person, other, ordinal)], and ``cut`` {purpose: keys}
of which a part did not fit into 32 bits, so that another key gives the same draw.
"""

import json
import os
import sys
from collections import Counter, defaultdict

os.environ["NUMBA_DISABLE_JIT"] = "1"

import lived

from commsim import draws
from commsim.day.plan import offline_day, whole_day
from commsim.engine import Days
from commsim.population import populate
from commsim.rules import Gatherings
from commsim.scenarios import load

NAMES = {number: name for name, number in draws.PURPOSES.items()}


def main(policy, days, burn_in, world, levers):
    drawn, where, cut = defaultdict(list), defaultdict(set), Counter()
    plain, today = draws.philox, [None]

    def philox(*key):
        whole = tuple(int(part) for part in key)
        key = tuple(part & 0xFFFFFFFF for part in whole)
        cut[NAMES[key[1]]] += key != whole
        drawn[key].append(today[0])
        caller = sys._getframe(2)
        where[key].add(f"{os.path.basename(caller.f_code.co_filename)}:{caller.f_code.co_name}")
        return plain(*key)

    draws.philox = philox
    place = lived.place(burn_in, **levers)
    rules = lived.all_rules()
    if policy == "two series of gatherings":
        rules += (Gatherings(every=10, threshold=2, sign_up_days=3, themes=("chess", "family")),)
    elif policy != "all rules":
        rules = load("jinyang").rules(policy, "courtyard")
    state = populate(place, world)
    for plan, count, now in ((offline_day(), burn_in, ()), (whole_day(), days, rules)):
        loop = Days(state, now, plan=plan)
        for _ in range(count):
            today[0] = state.day
            loop.live()
    again = []
    for key, on in drawn.items():
        if len(on) > 1:
            counts = Counter(on)
            example = [key[0], *key[2:]]
            again.append([NAMES[key[1]], len(on), len(counts), max(counts.values()), sorted(where[key]), example])
    purposes = Counter(NAMES[key[1]] for key in drawn)
    print(json.dumps({"drawn": purposes, "again": again, "cut": {name: n for name, n in cut.items() if n}}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
