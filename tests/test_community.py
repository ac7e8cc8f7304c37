"""The community for people who explore: Mesa's idioms over rows, and nothing changed by looking."""

import copy
import gc
import pickle
import subprocess
import sys
import weakref

import mesa
import networkx as nx
import numpy as np
import pytest

import commsim as cs
from commsim import agents
from commsim.measures import ACQUAINTED, MEASURES
from commsim.state.people import CHILD, OWNER
from commsim.words import choose_language

YARD = """\
id: yard
title: {zh: 小院, en: Yard}
story: {zh: 一个小院子。, en: A small yard.}
burn_in: 60
horizon: 40
settings:
  stay_short: 20
  volunteer_share: 0.1
  volunteer_term: 30
scales:
  small: {people: 120}
policies:
  before:
    title: {zh: 从前, en: Before}
    rules: []
  both:
    title: {zh: 都做, en: Both}
    rules:
      - {rule: online_group, poster: 2}
      - {rule: gatherings, every: 7, threshold: 3}
      - {rule: icebreaker}
"""


@pytest.fixture(autouse=True)
def english():
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture(scope="module")
def yard(tmp_path_factory):
    file = tmp_path_factory.mktemp("yard") / "yard.yaml"
    file.write_text(YARD, encoding="utf-8")
    return cs.load(file)


@pytest.fixture(scope="module")
def fortnight(yard):
    """A community that has lived two weeks, untouched; tests work on copies."""
    return cs.Community(yard, "both", world=5).live(14)


@pytest.fixture
def community(fortnight):
    return copy.deepcopy(fortnight)


def tables(community):
    """Every cell of a community, as bytes by table."""
    cells = {}

    def walk(name, data):
        if isinstance(data, tuple):
            for part in data._fields:
                walk(f"{name}.{part}", getattr(data, part))
        elif getattr(data, "dtype", None) is not None and data.dtype.names:
            for column in data.dtype.names:  # not the padding between columns
                walk(f"{name}.{column}", data[column])
        else:
            cells[name] = np.asarray(data).tobytes()

    state = community.state
    walk("ties", state.ties.slots[state.ties.everybody()[1]])  # not where they stand: a copy tidies up
    walk("ties rows", state.ties.rows[["total", "degree"]])
    for name in ("people", "groups", "messages", "events", "cases", "office"):
        walk(name, getattr(state, name))
    cells["gatherings"] = repr(state.gatherings.past) + repr([(g.identity, g.signed.tobytes())
                                                              for g in state.gatherings.open])  # fmt: skip
    cells["projects"] = repr([(p.number, p.proposed, p.outcome, p.steps) for p in state.projects.all])
    cells["series"] = repr(community.loop.record.series)
    return cells


def same(one, other):
    one, other = tables(one), tables(other)
    assert len(one) > 40 and one.keys() == other.keys()
    return all(one[name] == other[name] for name in one)


# -- agents as Mesa knows them ---------------------------------------------------------------------------


def test_no_view_is_made_before_somebody_asks(fortnight):
    community = copy.deepcopy(fortnight).live(2)
    community.plan(), community.graph(), community.series, community.measures
    cs.branch(community, ["before"], 1)
    assert len(mesa.Model.agents.fget(community)) == 0
    assert len(community.agents) == community.state.size + len(community.state.office.officials)


def test_select_groupby_agg_get_sort_and_shuffle(community):
    people = community.state.people
    residents = community.agents.select(agent_type=agents.Person)
    assert len(residents) == len(people) == 120
    owners = residents.select(lambda a: a.tenure == "owner")
    assert sorted(owners.get("row")) == np.flatnonzero(people.tenure == OWNER).tolist()
    by_tenure = residents.groupby("tenure")
    assert by_tenure.count() == {name: int((people.tenure == k).sum()) for k, name in enumerate(agents.TENURES)
                                 if (people.tenure == k).any()}  # fmt: skip
    assert by_tenure.agg("trust", np.mean)["owner"] == pytest.approx(people.trust[people.tenure == OWNER].mean())
    assert residents.agg("trust", np.mean) == pytest.approx(people.trust.mean())
    trusting = residents.sort("trust", ascending=False).get("trust")
    assert trusting == sorted(people.trust.tolist(), reverse=True)
    assert sorted(residents.shuffle().get("row")) == list(range(120))
    assert residents.get(["row", "age"])[3] == [3, agents.AGES[people.age[3]]]


def test_do_calls_functions_and_methods(community):
    seen = []
    community.agents.select(agent_type=cs.Renter).do(lambda a: seen.append(a.row))
    renters = community.agents_by_type[cs.Renter]
    assert seen == renters.get("row") and seen
    assert len(community.agents.select(agent_type=agents.Person).map("here")) == 120


def test_agents_by_type_follow_the_tables(community):
    people = community.state.people
    by_type = community.agents_by_type
    assert set(by_type[cs.Volunteer].get("row")) == set(np.flatnonzero(people.volunteer))
    plain = ~people.volunteer
    assert set(by_type[cs.Resident].get("row")) == set(np.flatnonzero(plain & (people.tenure == OWNER)))
    assert set(by_type[cs.Renter].get("row")) == set(np.flatnonzero(plain & (people.tenure != OWNER)))
    assert len(by_type[cs.Official]) == len(community.state.office.officials)
    assert set(community.agent_types) == {cs.Resident, cs.Renter, cs.Volunteer, cs.Official}


def test_a_view_reads_its_row(community):
    people = community.state.people
    for row in range(0, 120, 7):
        person = community.person(row)
        assert (person.trust, person.motivation, person.since) == (people.trust[row], people.v[row], people.since[row])
        assert person.literate == people.literate[row] and person.age == agents.AGES[people.age[row]]
        assert person.tenure == agents.TENURES[people.tenure[row]] and person.household == people.household[row]
        assert len(person.interests) == int(people.interests[row]).bit_count()
        assert person.building == community.state.homes.doors["building"][people.household[row]]
        assert person.warmth == pytest.approx(sum(person.ties.values()), abs=1e-9)
    with pytest.raises(AttributeError):
        community.person(0).trust = 1.0
    official = community.agents_by_type[cs.Official][0]
    assert official.hours_worked == community.state.office.officials["worked"][0] and official.busy in (True, False)
    assert official.trust is official.ties is None and len(community.agents.select(lambda a: not a.ties)) > 0
    with pytest.raises(AttributeError):
        official.trst  # noqa: B018


def test_unique_ids_count_from_one(community):
    ids = community.agents.get("unique_id")
    assert sorted(ids) == list(range(1, len(ids) + 1))


def test_a_newcomer_is_a_new_view_and_who_left_is_gone(community):
    before = {person.row: person for person in community.agents.select(agent_type=agents.Person)}
    some = community.agents.select(lambda a: a.row is not None and a.row < 60)
    tenancies = community.state.people.tenancy.copy()
    community.live(20)
    moved = set(np.flatnonzero(community.state.people.tenancy != tenancies).tolist())
    assert 0 < len(moved) < 120
    now = set(community.agents)
    assert len(now) == 120 + len(community.state.office.officials)
    for row, person in before.items():
        if row in moved:
            assert person not in now and community.person(row) is not person
            with pytest.raises(cs.UserError, match="moved out"):
                person.trust  # noqa: B018
            with pytest.raises(cs.UserError, match="moved out"):
                person.ties  # noqa: B018
            assert "gone" in repr(person)
        else:
            assert person in now and community.person(row) is person
    newcomer = community.person(min(moved))
    assert newcomer.since >= 14 and newcomer.trust == community.state.people.trust[min(moved)]
    assert newcomer.unique_id > max(person.unique_id for person in before.values())
    before.clear()
    del person
    gc.collect()
    assert all(person.row is not None for person in some), "a set that was selected lets go of who left"


def test_a_change_of_role_is_a_change_of_class_and_not_of_person(community):
    people = community.state.people
    for person in community.agents.select(agent_type=agents.Person):
        person.known_as = (person.row, person.unique_id)
    roles, tenancies = people.volunteer.copy(), people.tenancy.copy()
    for _ in range(20):
        community.step()
        changed = np.flatnonzero((roles != people.volunteer) & (tenancies == people.tenancy))
        for row in changed.tolist():
            person = community.person(row)
            assert person.known_as == (row, person.unique_id)
            assert isinstance(person, cs.Volunteer) == people.volunteer[row]
            assert person in community.agents_by_type[type(person)] and person in community.agents
            assert sum(person in some for some in community.agents_by_type.values()) == 1
        if len(changed):
            return
    pytest.fail("nobody laid down a role in twenty days: the test shows nothing")


def test_data_collector_over_several_days(community):
    collector = mesa.DataCollector(
        model_reporters={"day": "day", "knows": lambda m: m.measures["acquaintances"],
                         "trust": lambda m: m.agents.select(agent_type=agents.Person).agg("trust", np.mean)},
        agent_reporters={"trust": "trust", "kind": lambda a: type(a).__name__},
        agenttype_reporters={cs.Official: {"hours": "hours_worked"}},
    )  # fmt: skip
    everybody = len(community.agents)
    means = []
    for _ in range(4):
        community.step()
        collector.collect(community)
        means.append(community.state.people.trust.mean())
    of_model, of_agents = collector.get_model_vars_dataframe(), collector.get_agent_vars_dataframe()
    assert of_model["day"].tolist() == [15, 16, 17, 18]
    assert of_model["trust"].to_numpy() == pytest.approx(means)
    assert of_model["knows"].to_numpy() == pytest.approx(community.series["acquaintances"].to_numpy()[-4:])
    assert len(of_agents) == 4 * everybody
    last = of_agents.loc[community.steps]
    assert np.sort(last["trust"].dropna()) == pytest.approx(np.sort(community.state.people.trust))
    assert (last["kind"] == "Volunteer").sum() == community.state.people.volunteer.sum()
    assert len(collector.get_agenttype_vars_dataframe(cs.Official)) == 4 * len(community.state.office.officials)


def test_a_drawing_function_takes_the_model(community):
    """What SolaraViz needs: a constructor by keywords, step, running, and something to draw."""
    from matplotlib.figure import Figure

    def draw(model):
        figure = Figure()
        axes = figure.subplots()
        axes.hist(model.agents.select(agent_type=agents.Person).get("trust"), bins=20)
        nx.draw_networkx(model.graph(), pos={n: (n % 12, n // 12) for n in range(model.state.size)}, ax=axes)
        return figure

    first = draw(community)
    community.step()
    assert draw(community) is not first and len(first.axes) == 1
    afresh = type(community)(**{"scenario": community.place_of, "policy": "before", "scale": None, "world": 5})
    assert (afresh.day, afresh.steps, afresh.running) == (0, 0, True)


# -- nothing is changed by looking --------------------------------------------------------------------------


def test_touching_changes_no_cell(yard):
    untouched, touched = cs.Community(yard, "both", world=2), cs.Community(yard, "both", world=2)
    for _ in range(25):
        untouched.step()
        touched.agents.shuffle_do("here")
        touched.random.random(), touched.rng.random()
        touched.agents.select(agent_type=agents.Person).agg("acquaintances", sum)
        touched.step()
        touched.measures, touched.graph(), touched.plan(), touched.series
    assert same(untouched, touched)
    touched.close()
    assert same(untouched.live(3), touched.live(3))


def test_a_community_and_the_engine_live_the_same_days(yard):
    from commsim import engine

    community = cs.Community(yard, "both", world=3).live(20)
    lived = engine.run(engine.prepare(yard.place(), 3), yard.rules("both"), 20)
    assert all(community.measures[name] == lived.measures[name] for name in MEASURES)


def test_batch_runs_make_no_views_and_load_no_mesa():
    code = ("import sys; from commsim import engine; import commsim as cs\n"
            "engine.run_world(cs.load('jinyang'), 'courtyard', ['before'], 1, 2)\n"
            "from commsim.experiments import compare\n"
            "print([m for m in ('mesa', 'networkx', 'pandas') if m in sys.modules])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_running_ends_at_the_horizon(yard):
    community = cs.Community(yard, world=1)
    community.run_model()
    assert community.day == yard.horizon == 40 and not community.running
    assert community.live(1).day == 41


# -- memory ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", [True, False])
def test_communities_that_nobody_holds_are_gone(yard, closing):
    left = []
    for world in range(30):
        community = cs.Community(yard, "before", world=world)
        assert len(community.agents) > 100
        community.step()
        left.append(weakref.ref(community))
        left.append(weakref.ref(community.person(0)))
        if closing:
            community.close()
            assert left[-1]() is None, "closing frees views at once"
            assert len(mesa.Model.agents.fget(community)) == 0
    del community
    gc.collect()
    assert [one() for one in left if one() is not None] == []


def test_a_closed_community_can_be_opened_again(community):
    old = community.person(4)
    with community as same_one:
        assert same_one is community
    with pytest.raises(cs.UserError, match="closed"):
        old.trust  # noqa: B018
    assert community.live(1).person(4).trust == community.state.people.trust[4]


@pytest.mark.parametrize(
    "twin_of", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))], ids=["deepcopy", "pickle"]
)
@pytest.mark.parametrize("touched", [False, True])
def test_a_copy_lives_on_by_itself(community, twin_of, touched):
    if touched:
        community.agents  # noqa: B018
    twin = twin_of(community)
    assert same(community, twin)
    community.live(6)
    assert not same(community, twin)
    twin.live(6)
    assert same(community, twin) and (twin.day, twin.steps) == (community.day, community.steps)
    assert len(twin.agents) == len(community.agents)
    for row in range(0, 120, 11):
        assert twin.person(row).model is twin and twin.person(row).trust == community.person(row).trust
    twin.state.people.trust[0] = 0.123
    assert twin.person(0).trust == 0.123 != community.person(0).trust


# -- what there is to look at --------------------------------------------------------------------------------


def test_graph_agrees_with_the_measures(community):
    people, measures, graph = community.state.people, community.measures, community.graph()
    grown = [row for row in graph if graph.nodes[row]["age"] != "child"]
    ties = nx.Graph((a, b) for a, b, kin in graph.edges(data="kin") if not kin)
    ties.add_nodes_from(graph)
    assert np.mean([ties.degree(row) for row in grown]) == pytest.approx(measures["acquaintances"])
    social = [row for row in grown if ties.degree(row) > 1]
    assert np.mean(list(nx.clustering(ties, social).values())) == pytest.approx(measures["clustering"])
    inside = [graph.nodes[a]["building"] == graph.nodes[b]["building"] for a, b in ties.edges]
    assert np.mean(inside) == pytest.approx(measures["same_building_share"])
    assert all(ACQUAINTED <= s <= 1.0 for _, _, s in graph.edges(data="strength"))
    kin = [(a, b) for a, b, is_kin in graph.edges(data="kin") if is_kin]
    sizes = np.bincount(people.household)
    assert len(kin) == int((sizes * (sizes - 1) // 2).sum())
    assert all(people.household[a] == people.household[b] and graph.edges[a, b]["strength"] == 1.0 for a, b in kin)
    assert all(people.household[a] != people.household[b] for a, b in ties.edges)
    assert [graph.nodes[row]["tenure"] for row in range(120)] == [agents.TENURES[k] for k in people.tenure]
    assert sum(volunteer for _, volunteer in graph.nodes(data="volunteer")) == people.volunteer.sum()


def test_views_and_measures_count_the_same_acquaintances(community):
    people, grown = community.state.people, community.agents.select(lambda a: a.age in ("adult", "elder"))
    assert len(grown) == np.count_nonzero(people.age != CHILD)
    assert grown.agg("acquaintances", np.mean) == pytest.approx(community.measures["acquaintances"])
    assert grown.agg("trust", np.mean) == pytest.approx(community.measures["trust_office"])


def test_a_lower_floor_shows_fainter_ties(community):
    every = community.graph(floor=0.0)
    assert every.number_of_edges() == sum(len(community.person(row).ties) for row in range(120)) / 2 + sum(
        d["kin"] for _, _, d in every.edges(data=True)
    )
    assert every.number_of_edges() >= community.graph().number_of_edges() > community.graph(0.3).number_of_edges()
    a, b, strength = next((a, b, d["strength"]) for a, b, d in every.edges(data=True) if not d["kin"])
    assert community.person(a).ties[b] == community.person(b).ties[a] == pytest.approx(strength)


def test_graph_on_the_first_morning_is_what_the_start_left(yard):
    start = cs.Community(yard, world=1)
    assert {d["kin"] for _, _, d in start.graph(0.0).edges(data=True)} == {True, False}
    strongest = max(d["strength"] for _, _, d in start.graph(0.0).edges(data=True) if not d["kin"])
    ties, level = start.state.ties, np.exp(np.log(2) / start.state.base.x.half_life * -1)
    assert strongest == pytest.approx(ties.slots["u"][ties.everybody()[1]].max() / level)


def test_series_and_measures(community):
    series, measures = community.series, community.measures
    assert series.index.name == "day" and series.index.tolist() == list(range(14))
    assert set(series.columns) == set(measures) == set(MEASURES)
    assert {str(kind) for kind in series.dtypes} == {"float64"}
    for name, m in MEASURES.items():
        if m.dear:
            assert series[name].isna().all()
        elif measures[name] is not None:
            assert series[name].iloc[-1] == measures[name], name
    assert measures["clustering"] > 0 and measures["coverage"] > 0


def test_nothing_to_measure_before_the_first_day(yard):
    community = cs.Community(yard, world=1)
    with pytest.raises(cs.UserError) as mistake:
        community.measures  # noqa: B018
    assert "live(days)" in mistake.value.text("en") and "live(天数)" in mistake.value.text("zh")
    assert len(community.series) == 0 and set(community.series.columns) == set(MEASURES)


@pytest.mark.parametrize(("lang", "head", "words"), [
    ("en", ["phase", "what happens", "ms so far"], ["chat group", "moving", "trusting"]),
    ("zh", ["环节", "发生什么", "累计毫秒"], ["群", "搬家", "邻里闲聊"]),
])  # fmt: skip
def test_plan_shows_the_day_in_order(community, lang, head, words):
    plan = community.plan(lang)
    assert list(plan.columns) == head and len(plan) == 1 + len(community.loop.plan) == 19
    text = plan.to_string()
    assert all(word in text for word in words[1:])
    assert (plan[head[2]].iloc[1:] >= 0).all() and plan[head[2]].iloc[1:].sum() > 0
    choose_language(lang)
    assert community.plan().equals(plan)
    with pytest.raises(cs.UserError, match="fr"):
        community.plan("fr")


def test_plan_says_which_rules_hold_today(yard):
    community = cs.Community(yard, [cs.rules.OnlineGroup(start=2, end=3), cs.rules.Icebreaker(start=2)])
    seen = []
    for _ in range(4):
        seen.append(community.plan("zh")["发生什么"][0])
        community.step()
    assert seen[0] == seen[1] == "今天没有规则生效"
    assert "、" in seen[2] and seen[3] == seen[2].split("、")[1]


# -- branch ---------------------------------------------------------------------------------------------------


def test_a_branch_under_the_same_policy_is_the_same_future(community):
    before = tables(community)
    future = cs.branch(community, ["both"], 12)["both"]
    assert tables(community) == before, "the community itself stays where it is"
    assert same(future, community.live(12))


def test_branches_share_the_day_and_the_luck(community):
    futures = cs.branch(community, ["before", "both"], 10)
    assert list(futures) == ["before", "both"]
    assert all((f.day, f.world, f.scale) == (24, community.world, community.scale) for f in futures.values())
    before, both = futures.values()
    assert not same(before, both)
    assert before.series[:14].equals(both.series[:14])
    assert before.measures["coverage"] <= both.measures["coverage"]
    # whoever moves in does so in both: homes and births of newcomers are luck that no rule here changes
    same_tenants = before.state.people.tenancy == both.state.people.tenancy
    assert same_tenants.mean() > 0.9
    assert (before.state.people.interests == both.state.people.interests)[same_tenants].all()


def test_a_branch_by_rules_of_ones_own_equals_the_named_policy(community, yard):
    named = cs.branch(community, ["both"], 5)["both"]
    own = cs.branch(community, {"mine": list(yard.rules("both")), "nothing": []}, 5)
    assert same(named, own["mine"]) and own["nothing"].rules == ()
    assert same(own["nothing"], cs.branch(community, "before", 5)["before"])


def test_a_branch_of_a_branch(community):
    once = cs.branch(community, ["before"], 8)["before"]
    twice = cs.branch(cs.branch(community, ["before"], 3)["before"], ["before"], 5)["before"]
    assert same(once, twice)


# -- mistakes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"scenario": "jinyan"}, 'Did you mean "jinyang"'),
        ({"scenario": "nowhere.yaml"}, "There is no file nowhere.yaml"),
        ({"policy": "icebreaker"}, 'Did you mean "icebreakers"'),
        ({"policy": None}, "no policy"),
        ({"policy": ["online_groups"]}, 'Did you mean "online_groups"'),
        ({"scale": "courtyrd"}, 'Did you mean "courtyard"'),
        ({"world": -1}, "world: -1 is out of range"),
        ({"world": 2**32}, "world: 4294967296 is out of range"),
        ({"world": True}, "world: expected a whole number"),
        ({"world": 1.0}, "world: expected a whole number"),
        ({"world": "1"}, "world: expected a whole number"),
        ({"world": None}, "world: expected a whole number"),
    ],
)
def test_a_mistake_is_told_before_anything_is_computed(wrong, says, monkeypatch):
    monkeypatch.setattr("commsim.community.prepare", lambda *_: pytest.fail("computed"))
    with pytest.raises(cs.UserError) as mistake:
        cs.Community(**{"scenario": "jinyang", "scale": "courtyard", **wrong})
    assert says in mistake.value.text("en")
    assert mistake.value.text("zh") != mistake.value.text("en")


@pytest.mark.parametrize(
    ("policies", "days", "says"),
    [
        (["before", "bth"], 5, '"both"'),
        (["before", "before"], 5, '"before" was given twice'),
        ([], 5, "No policy was given"),
        ({}, 5, "No policy was given"),
        ([[]], 5, "need a name"),
        (["before"], 0, "days: 0 is out of range"),
        (["before"], -3, "days: -3 is out of range"),
        (["before"], True, "days: expected a whole number"),
        (["before"], 2.5, "days: expected a whole number"),
    ],
)
def test_a_wrong_branch_is_refused(community, policies, days, says):
    with pytest.raises(cs.UserError) as mistake:
        cs.branch(community, policies, days)
    assert says in mistake.value.text("en")
    assert mistake.value.text("zh") != mistake.value.text("en") and community.day == 14


@pytest.mark.parametrize("days", [0, -1, True, 1.5, None])
def test_a_wrong_number_of_days_is_refused(community, days):
    with pytest.raises(cs.UserError, match="days"):
        community.live(days)
    assert community.live(np.int64(1)).day == 15


@pytest.mark.parametrize("row", [-1, 120, 1.0])
def test_a_seat_that_is_none_is_refused(community, row):
    with pytest.raises(cs.UserError, match="row"):
        community.person(row)


def test_rules_that_contradict_each_other_are_told(yard):
    community = cs.Community(yard, [cs.rules.OnlineGroup(poster=1.0), cs.rules.OnlineGroup(poster=2.0)])
    with pytest.raises(cs.UserError, match="p_b"):
        community.step()
