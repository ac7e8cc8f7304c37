"""A run as the player shows it: a frame a day, who lives where, who knows whom, and each person's story.

Frame 0 is the start, frame d the evening after d days.  A story is read off from one evening to the
next: the engine runs as it always does and keeps nothing more.  Positions come from the homes alone,
so two runs of one world share their plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from commsim.engine import Days, prepare, to_the_end
from commsim.errors import UserError
from commsim.measures import ACQUAINTED
from commsim.rules import Rule
from commsim.state.homes import Homes
from commsim.state.people import CHILD as CHILDHOOD
from commsim.state.people import OWNER, spokesperson
from commsim.state.ties import level_on
from commsim.state.whole import State

RESIDENT, RENTER, VOLUNTEER, CHILD = range(4)
ROLES = ("resident", "renter", "volunteer", "child")

# What can happen to a person, by code; ``player.story.NAME`` says it in words.
KINDS = (
    "moved_in", "joined_group", "left_group", "took_part", "voted", "asked", "began_volunteering",
    "stopped_volunteering", "objected", "objection_met", "objection_in_vain", "objection_passed_over",
    "restarted", "given_up", "charged_unseen", "unsolved", "first_stairwell", "first_building", "first_further",
)  # fmt: skip
KIND = {name: code for code, name in enumerate(KINDS)}
# Each of these is one grievance of the model's count.
GRIEVANCES = ("objection_in_vain", "objection_passed_over", "charged_unseen", "unsolved")

PEOPLE_MOST, DAYS_MOST = 10_000, 3650

# --- where people stand -----------------------------------------------------------------------------

DOORS_ACROSS = 3  # doors of a floor
SEAT = 1.16  # from one person to the next of a household; all lengths are in these units of the plan
DOOR_WIDE, DOOR_HIGH = 3.75, 2.75
IN_ROW = 3  # people who stand beside one another before a second row begins
WALL, BETWEEN_STAIRWELLS = 0.55, 0.7
YARD, ROAD = 4.2, 2.6  # between buildings of a courtyard, and between courtyards
EDGE, ABOVE = 1.8, 3.2  # from the buildings to the border of their courtyard, and above them for their numbers


@dataclass(frozen=True)
class Plan:
    """The drawn place: float arrays of x, y (and width, height) in units of the plan, y downwards.

    ``people`` [people, 2] are centres; ``doors`` [households, 2], ``stairwells``, ``buildings`` and
    ``yards`` [k, 4] are rectangles (all doors are of one size); ``trees`` [k, 3] are centre and radius.
    """

    width: float
    height: float
    people: np.ndarray
    doors: np.ndarray
    stairwells: np.ndarray
    buildings: np.ndarray
    yards: np.ndarray
    trees: np.ndarray


def lay_out(homes: Homes) -> Plan:
    """Courtyards in rows, their buildings in rows, stairwells as columns of doors, the lowest door first."""
    d = homes.doors
    floors = (d["door"] // DOORS_ACROSS).astype(int)
    places = [np.flatnonzero(d["courtyard"] == c) for c in range(int(d["courtyard"][-1]) + 1)]
    blocks = [_courtyard(d, floors, households) for households in places]
    wide = max(b["width"] for b in blocks)
    high = max(b["height"] for b in blocks)
    across = min(len(blocks), max(1, round(float(np.sqrt(1.35 * len(blocks) * high / wide)))))
    doors = np.zeros((len(d), 2))
    parts = {name: [] for name in ("stairwells", "buildings", "yards", "trees")}
    top, bottom = 0.0, 0.0
    for k, (block, households) in enumerate(zip(blocks, places, strict=True)):
        if k and k % across == 0:
            top = bottom + ROAD
        left = (k % across) * (wide + ROAD)
        doors[households] = block["doors"] + (left, top)
        for name, rows in parts.items():
            rows.extend([left + row[0], top + row[1], *row[2:]] for row in block[name])
        bottom = max(bottom, top + block["height"])
    arrays = {name: np.array(rows, float).reshape(-1, 3 if name == "trees" else 4) for name, rows in parts.items()}
    yards = arrays["yards"]
    return Plan(float((yards[:, 0] + yards[:, 2]).max()), float(bottom), _seats(homes, doors), doors, **arrays)


def _courtyard(d, floors, households) -> dict:
    """One courtyard from its own corner: about as wide as it is high, the lawn behind its buildings."""
    numbers = np.unique(d["building"][households])
    across = int(np.ceil(np.sqrt(len(numbers))))
    built = [_building(d, floors, households[d["building"][households] == b]) for b in numbers]
    rows = [built[k : k + across] for k in range(0, len(built), across)]
    width = max(sum(b["width"] + YARD for b in row) for row in rows) - YARD + 2 * EDGE
    out = {"stairwells": [], "buildings": [], "trees": []}
    doors, top = [], ABOVE
    for row in rows:
        tall, left = max(b["height"] for b in row), EDGE
        for b in row:
            x, y = left, top + tall - b["height"]  # buildings of a row stand on one line
            doors.append(b["doors"] + (x, y))
            out["buildings"].append([x, y, b["width"], b["height"]])
            out["stairwells"].extend([x + s[0], y + s[1], *s[2:]] for s in b["stairwells"])
            left += b["width"] + YARD
        out["trees"].extend(_trees(left, top, width - EDGE - left, tall))
        top += tall + YARD
    out["trees"].extend(_avenue(rows, width))
    height = top - YARD + EDGE
    return {**out, "yards": [[0.0, 0.0, width, height]], "doors": np.concatenate(doors), "width": width,
            "height": height}  # fmt: skip


def _building(d, floors, households) -> dict:
    """Stairwells side by side on the ground; doors from the lowest floor up."""
    high, left, doors, stairwells = int(floors[households].max()) + 1, WALL, [], []
    for s in np.unique(d["stairwell"][households]):
        own = households[d["stairwell"][households] == s]
        across = min(DOORS_ACROSS, len(own))
        tall = int(floors[own].max()) + 1
        x = left + (d["door"][own] % DOORS_ACROSS) * DOOR_WIDE
        y = WALL + (high - 1 - floors[own]) * DOOR_HIGH
        doors.append(np.column_stack([x, y]))
        stairwells.append([left, WALL + (high - tall) * DOOR_HIGH, across * DOOR_WIDE, tall * DOOR_HIGH])
        left += across * DOOR_WIDE + BETWEEN_STAIRWELLS
    return {"doors": np.concatenate(doors), "stairwells": stairwells,
            "width": left - BETWEEN_STAIRWELLS + WALL, "height": high * DOOR_HIGH + 2 * WALL}  # fmt: skip


def _trees(left, top, wide, high) -> list:
    """A few trees on free ground, unevenly spaced but always the same."""
    step = 4.6
    columns, rows = int(wide // step), int(high // step)
    out = []
    for r in range(rows):
        for c in range(columns):
            lean = (7 * r + 11 * c) % 5 / 5 - 0.4
            x, y = left + (c + 0.5 + 0.5 * lean) * step, top + (r + 0.6 - 0.5 * lean) * step
            if (r * 3 + c * 5) % 4:
                out.append([x, y, 1.0 + 0.5 * lean])
    return out


def _avenue(rows, width) -> list:
    """Small trees between the rows of buildings."""
    out, top = [], ABOVE
    for row in rows[:-1]:
        top += max(b["height"] for b in row)
        out += [[x, top + YARD * 0.5, 0.62] for x in np.arange(YARD * 2.2, width - YARD, 6.5)]
        top += YARD
    return out


def _seats(homes, doors) -> np.ndarray:
    """People of a household beside one another in the middle of their door."""
    d = homes.doors
    seats = d["seats"].astype(int)
    household = np.repeat(np.arange(len(d)), seats)
    seat = np.arange(seats.sum()) - np.repeat(d["first"].astype(int), seats)
    size = seats[household]
    rows = -(-size // IN_ROW)
    across = -(-size // rows)  # four people stand two by two
    row, column = seat // across, seat % across
    in_row = np.minimum(across, size - row * across)
    x = doors[household, 0] + DOOR_WIDE / 2 + (column - (in_row - 1) / 2) * SEAT
    y = doors[household, 1] + DOOR_HIGH / 2 + (row - (rows - 1) / 2) * SEAT
    return np.column_stack([x, y])


# --- what is seen of each evening -------------------------------------------------------------------


@dataclass(frozen=True)
class Trajectory:
    """A run to be played.

    ``roles`` uint8[people] at frame 0 and ``recasts`` (frame, person, role) int[k, 3] later;
    ``since`` int[people], day of moving in at frame 0.  ``known`` uint8[frames, people]: acquaintances
    (255: that many or more).  ``ties`` int[k, 2] with ``offsets`` int[frames + 1]: pairs that became
    acquainted (first < second) or lost sight of each other (first > second) in frame f stand at
    ``offsets[f]:offsets[f + 1]``; those of frame 0 knew each other at the start.  ``story`` (frame,
    person, kind, number) int[k, 4].  ``state`` is the state it ended in.
    """

    world: int
    first: int
    plan: Plan
    homes: Homes
    roles: np.ndarray
    recasts: np.ndarray
    since: np.ndarray
    known: np.ndarray
    ties: np.ndarray
    offsets: np.ndarray
    story: np.ndarray
    state: State

    @property
    def people(self) -> int:
        return len(self.roles)

    @property
    def frames(self) -> int:
        return len(self.known)

    def roles_on(self, frame: int) -> np.ndarray:
        """uint8[people]: everybody's role on a frame."""
        roles = self.roles.copy()
        for _, person, role in self.recasts[self.recasts[:, 0] <= frame]:
            roles[person] = role
        return roles

    def pairs_on(self, frame: int) -> np.ndarray:
        """int[pairs, 2]: who is acquainted with whom on a frame, first < second."""
        events = self.ties[: self.offsets[frame + 1]]
        pair = np.sort(events, axis=1)
        key = pair[:, 0] * self.people + pair[:, 1]
        step = np.where(events[:, 0] < events[:, 1], 1, -1)
        names, where = np.unique(key, return_inverse=True)
        there = names[np.bincount(where, step, len(names)) > 0]
        return np.column_stack([there // self.people, there % self.people])

    def count(self, frame: int, *kinds: str) -> int:
        """How often something of these kinds happened up to a frame."""
        codes = [KIND[name] for name in kinds]
        return int((np.isin(self.story[:, 2], codes) & (self.story[:, 0] <= frame)).sum())

    def pack(self) -> tuple[bytes, dict]:
        """(binary for the browser, what it needs to draw the plan); packed once.

        Little-endian, in this order: 8 header words u32 (people, frames, households, tie events,
        recasts, story events, first day, 0); then columns, each padded to four bytes: people x, y
        u16 (hundredths of a unit), household u16, since i32, role u8; households x, y, building,
        stairwell, door u16; tie offsets u32[frames + 1]; tie first, second u16; recast frame,
        person u16, role u8; story frame, person, number u16, kind u8.
        """
        data, meta = self._packed
        return data, dict(meta)

    @cached_property
    def _packed(self) -> tuple[bytes, dict]:
        d, story = self.homes.doors, self.story
        head = [self.people, self.frames, len(d), len(self.ties), len(self.recasts), len(story), self.first, 0]
        within = d["stairwell"] - np.searchsorted(d["building"][_firsts(d["stairwell"])], d["building"])
        columns = [
            (head, "u4"),
            (np.round(self.plan.people[:, 0] * 100), "u2"), (np.round(self.plan.people[:, 1] * 100), "u2"),
            (np.repeat(np.arange(len(d)), d["seats"]), "u2"), (self.since, "i4"), (self.roles, "u1"),
            (np.round(self.plan.doors[:, 0] * 100), "u2"), (np.round(self.plan.doors[:, 1] * 100), "u2"),
            (d["building"], "u2"), (within, "u2"), (d["door"], "u2"),
            (self.offsets, "u4"), (self.ties[:, 0], "u2"), (self.ties[:, 1], "u2"),
            (self.recasts[:, 0], "u2"), (self.recasts[:, 1], "u2"), (self.recasts[:, 2], "u1"),
            (story[:, 0], "u2"), (story[:, 1], "u2"), (story[:, 3], "u2"), (story[:, 2], "u1"),
        ]  # fmt: skip
        parts = []
        for column, kind in columns:
            part = np.asarray(column).astype("<" + kind).tobytes()
            parts.append(part + bytes(-len(part) % 4))
        plan = self.plan
        meta = {
            "width": plan.width, "height": plan.height, "door": [DOOR_WIDE, DOOR_HIGH],
            "stairwells": plan.stairwells.round(2).tolist(), "buildings": plan.buildings.round(2).tolist(),
            "yards": plan.yards.round(2).tolist(), "trees": plan.trees.round(2).tolist(),
            "roles": list(ROLES), "kinds": list(KINDS), "grievances": list(GRIEVANCES),
        }  # fmt: skip
        return b"".join(parts), meta


def record(scenario, rules: Sequence[Rule] | str, scale: str | None, world: int, days: int,
           start: State | None = None) -> Trajectory:  # fmt: skip
    """Live through ``days`` days under ``rules`` (or a policy's id) and keep what the player shows.

    ``start``: a state that ``engine.prepare`` made, which is copied; without it the world is prepared.
    """
    return to_the_end(recording(scenario, rules, scale, world, days, start))


def recording(scenario, rules, scale, world, days, start=None):
    """``record`` a day at each step, for those who have to listen meanwhile; returns the same in the end."""
    if isinstance(days, bool) or not isinstance(days, (int, np.integer)) or not 1 <= days <= DAYS_MOST:
        raise UserError("player_days", value=days, most=DAYS_MOST)
    if start is not None and start.world != world:
        raise UserError("player_start", value=world, there=start.world)
    rules = scenario.rules(rules, scale) if isinstance(rules, str) else tuple(rules)
    people = scenario.scale(scale).people if start is None else start.size
    if people > PEOPLE_MOST:  # told before a large place is prepared
        raise UserError("player_people", place=scenario.id, value=f"{people:,}", most=f"{PEOPLE_MOST:,}")
    state = prepare(scenario.place(scale), world) if start is None else start.copy()
    loop = Days(state, rules)
    watch = _Watch(state, days)
    for frame in range(1, days + 1):
        watch.before()
        loop.live()
        watch.evening(frame)
        yield
    return watch.trajectory()


READ = ("tenancy", "volunteer", "in_official", "took_part", "grieved")  # columns that stories are read off


class _Watch:
    """Looks at a state evening after evening and notes what differs from the evening before."""

    def __init__(self, state: State, days: int):
        self.state, self.n, self.start_day = state, state.size, state.day
        self.half_life = state.base.x.half_life
        self.story, self.recasts, self.ties = [], [], []
        self.known = np.zeros((days + 1, self.n), np.uint8)
        self.people = self._columns()
        self.roles = self.first_roles = _roles(state.people)
        self.since = state.people["since"].copy()
        self.pairs = np.zeros(0, np.int32)
        self._look_at_ties(0)
        self.alone = self.known[0] == 0  # has met nobody yet, for the first acquaintance
        self.open = []

    def before(self) -> None:
        """Hold on to the columns of open projects: a version that is restarted today is replaced,
        but what was written into it until then stays in the arrays held here."""
        self.seen_projects = len(self.state.projects.all)
        self.open = [_Held(p) for p in self.state.projects.open]

    def evening(self, frame: int) -> None:
        """Note the evening of the day just lived."""
        self._look_at_ties(frame)
        old, new = self.people, self._columns()
        moved = old["tenancy"] != new["tenancy"]
        newcomers = bool(moved.any())
        if newcomers:
            self._note(frame, "moved_in", moved)
            self.alone |= moved
        self._look_at_group(frame, old, new, moved)
        self._look_at_roles(frame, old, new, moved)
        votes, grieved = self._look_at_projects(frame)
        took, bore = new["took_part"], new["grieved"]
        for name, now, then, told in (("took_part", took, old["took_part"], votes),
                                      ("unsolved", bore, old["grieved"], grieved)):  # fmt: skip
            more = now - (np.where(moved, 0, then) if newcomers else then)
            if more.any():
                np.subtract.at(more, told, 1)
                self._note(frame, name, more > 0, more)
        met = self.alone & (self.known[frame] > 0)
        if met.any():
            for i in np.flatnonzero(met).tolist():
                self._note_one(frame, i, *self._first_acquaintance(i))
            self.alone &= ~met
        self.people = new

    def trajectory(self) -> Trajectory:
        """All that was noted."""
        offsets = np.concatenate([[0], np.cumsum([len(pairs) for pairs in self.ties])])
        return Trajectory(
            self.state.world, self.start_day, lay_out(self.state.homes), self.state.homes,
            self.first_roles, _table(self.recasts, 3), self.since, self.known,
            np.concatenate(self.ties).astype(np.int64), offsets, _table(self.story, 4), self.state,
        )  # fmt: skip

    def _columns(self) -> dict:
        """Copies of the columns that tonight is told apart by."""
        people = self.state.people
        return {name: people[name].copy() for name in READ}

    def _look_at_ties(self, frame):
        """Pairs at or above acquaintance this evening, by one number each, against those of yesterday."""
        ties, n = self.state.ties, self.n
        floor = ACQUAINTED * level_on(self.state.day - 1, self.half_life)
        person, where = ties.everybody()
        slots = ties.slots
        close = np.flatnonzero(slots["u"][where] >= floor)
        a = person[close]
        b = slots["neighbour"][where[close]]
        self.known[frame] = np.minimum(np.bincount(a, minlength=n), 255)
        once = a < b
        pairs = (a[once] * n + b[once]).astype(np.int32)
        pairs.sort()
        both = np.concatenate([self.pairs, pairs])
        both.sort(kind="stable")  # two sorted runs: merging them is quick
        fresh = np.empty(len(both) + 1, bool)  # differs from the one before
        fresh[0] = fresh[-1] = True
        np.not_equal(both[1:], both[:-1], out=fresh[1:-1])
        changed = both[fresh[:-1] & fresh[1:]]
        at = np.searchsorted(pairs, changed)
        begun = (pairs[np.minimum(at, len(pairs) - 1)] == changed) if len(pairs) else np.zeros(len(changed), bool)
        i, j = changed // n, changed % n
        self.ties.append(np.column_stack([np.where(begun, i, j), np.where(begun, j, i)]))
        self.pairs = pairs

    def _look_at_group(self, frame, old, new, moved):
        was, now = old["in_official"] & ~moved, new["in_official"]
        if (was != now).any():
            self._note(frame, "joined_group", now & ~was)
            self._note(frame, "left_group", was & ~now)

    def _look_at_roles(self, frame, old, new, moved):
        if moved.any() or (new["volunteer"] != old["volunteer"]).any():
            roles = _roles(self.state.people)
            for i in np.flatnonzero(roles != self.roles).tolist():
                self.recasts.append([(frame, i, int(roles[i]))])
            self._note(frame, "began_volunteering", new["volunteer"] & ~old["volunteer"] & ~moved)
            self._note(frame, "stopped_volunteering", old["volunteer"] & ~new["volunteer"] & ~moved)
            self.roles = roles

    def _look_at_projects(self, frame):
        """(people who voted today, people whose grievance is told by their project), as rows."""
        held = self.open + [_Held(p, new=True) for p in self.state.projects.all[self.seen_projects :]]
        votes, grieved = [], []
        for one in held:
            number = one.project.number + 1
            for name, households in one.today():
                for k in np.flatnonzero(households).tolist():
                    i = self._speaker(one.project.households[k])
                    self._note_one(frame, i, name, number)
                    if name == "voted":
                        votes.append(i)
                    elif name in GRIEVANCES:
                        grieved.append(i)
        return votes, grieved

    def _speaker(self, household) -> int:
        doors = self.state.homes.doors
        return int(spokesperson(self.state.people, doors["first"][household], doors["seats"][household]))

    def _first_acquaintance(self, i):
        """(kind, row of the strongest acquaintance)."""
        ties, doors = self.state.ties, self.state.homes.doors
        row = ties.slots[ties.of(i)]
        other = int(row["neighbour"][np.argmax(row["u"])])
        here, there = (doors[self.state.people["household"][k]] for k in (i, other))
        if here["stairwell"] == there["stairwell"]:
            return "first_stairwell", other
        return ("first_building" if here["building"] == there["building"] else "first_further"), other

    def _note(self, frame, name, mask, numbers=None):
        rows = np.flatnonzero(mask)
        if len(rows):
            column = np.zeros(len(rows), int) if numbers is None else numbers[rows]
            fixed = np.full((2, len(rows)), [[frame], [KIND[name]]])
            self.story.append(np.column_stack([fixed[0], rows, fixed[1], column]))

    def _note_one(self, frame, i, name, number):
        self.story.append([(frame, i, KIND[name], number)])


class _Held:
    """A project's columns of this version as they were in the morning, and the arrays themselves."""

    COLUMNS = ("objects", "settled", "heard", "voted", "asked")

    def __init__(self, project, new=False):
        self.project = project
        self.arrays = {name: getattr(project, name) for name in self.COLUMNS}
        self.morning = {name: np.zeros_like(a) if new else a.copy() for name, a in self.arrays.items()}
        self.charged = False if new else project.charged
        self.hearing = not new and project.stage.hearing
        self.steps = 0 if new else len(project.steps)

    def today(self):
        """(kind, bool[households]) of everything that happened to households today."""
        p, now = self.project, self.arrays
        new = {name: now[name] & ~self.morning[name] for name in self.COLUMNS}
        yield "voted", new["voted"]
        yield "asked", new["asked"]
        yield "objected", new["objects"]
        yield "objection_met", new["heard"] & now["settled"]
        yield ("objection_in_vain" if self.hearing else "objection_passed_over"), new["heard"] & ~now["settled"]
        began_in = p.steps[max(self.steps - 1, 0)]
        if began_in["result"] == "restarted":
            yield ("given_up" if p.outcome == "dropped" else "restarted"), now["objects"] & ~now["settled"]
        if p.charged and not self.charged and p.yuan > 0:
            yield "charged_unseen", p.affected & ~(p.seen | p.voted | p.asked)


def _roles(people) -> np.ndarray:
    """uint8[people]: a volunteer is one whether owner or renter, a child is a child."""
    roles = (people["tenure"] != OWNER).astype(np.uint8)
    roles[people["volunteer"]] = VOLUNTEER
    roles[people["age"] == CHILDHOOD] = CHILD
    return roles


def _table(rows, columns) -> np.ndarray:
    parts = [np.asarray(row, int).reshape(-1, columns) for row in rows]
    return np.concatenate(parts) if parts else np.zeros((0, columns), int)


def _firsts(column) -> np.ndarray:
    """Where each value of a sorted column first stands."""
    return np.searchsorted(column, np.arange(int(column[-1]) + 1))
