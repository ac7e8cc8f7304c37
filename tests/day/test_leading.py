"""Leading: who comes forward, how a trouble ends, who follows, who suspects, and the round of a building leader."""

import numpy as np
import pytest
from alone import SURE, assert_share, change, hamlet, know, live, logit

from commsim.day import leading as phase
from commsim.day.face import closeness, face, yields
from commsim.day.leading import leading
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.rules import BuildingLeaders
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.office import BY_PHONE, BY_VISIT
from commsim.state.people import CHILD
from commsim.state.settings import Settings
from commsim.state.shocks import Embezzlement
from commsim.state.ties import level_on

QUIET = {"half_life": 1e9, "crisis_speed": 0.0, "theta_gathering": -SURE, "eta_sigma": 0.0, "tau": 0.0,
         "leader_stays": 1e4}  # fmt: skip


def estate(n, world=1, shocks=(), per_compound=None, **levers):
    """n people in one compound, or in several, where nothing but the trouble happens."""
    state = hamlet(n, per_compound=per_compound or n, world=world, **{**QUIET, **levers})
    state.base = Settings(state.base.x, state.base.pipeline, tuple(shocks))
    return state


def led(n, need, w=0.0, world=1, **levers):
    """n people led by person 0, whom all the others know by w; so much of the trouble is open."""
    state = estate(n, world, **{"ties_most": float(n), "a_t": 0.1, **levers})
    if w:
        for i in range(1, n):
            know(state, 0, i, w)
    rows = state.leaders.compounds
    rows.need[0], rows.crisis[0], rows.leader[0], rows.followed[0] = need, 0, 0, True
    state.people["volunteer"][0], state.people["v"][0] = True, 0.9
    return state


def together_online(state):
    group = open_group(state.groups, OFFICIAL, 0, -1, 0)
    for i in range(state.size):
        enter(state.tables.groups, state.tables.people, i, group)


def count(state, what):
    return int(state.leaders.counts[what][0])


# -- the trouble ----------------------------------------------------------------------------------------------------


def test_without_a_shock_or_rule_nothing_changes():
    state = estate(50)
    before = state.people.copy()
    live(state, 100, leading)
    assert state.people.tobytes() == before.tobytes() and (state.leaders.compounds["leader"] == -1).all()


@pytest.mark.parametrize("lost, need", [(0.9, 1.0), (0.25, 0.4), (0.0, 0.7)])
def test_an_embezzlement_takes_trust_in_the_firm_once_and_opens_a_trouble(lost, need):
    state = estate(40, shocks=[Embezzlement(day=3, lost=lost, need=need)])
    trust, open_by = state.people["trust_property"].copy(), []
    assert 0.2 < trust.mean() < 0.5
    live(state, 3, leading)
    assert (state.people["trust_property"] == trust).all()
    live(state, 5, leading, each=lambda s: open_by.append(float(s.leaders.compounds["need"][0])))
    assert state.people["trust_property"] == pytest.approx(trust * (1.0 - lost))
    assert open_by == [need] * 5


def test_trust_in_the_firm_is_drawn_apart_from_trust_in_the_office():
    people = estate(3000).people
    assert abs(np.corrcoef(people["trust"], people["trust_property"])[0, 1]) < 0.08
    assert abs(people["trust"].mean() - people["trust_property"].mean()) < 0.02


@pytest.mark.parametrize("speed, share", [(0.02, 0.0), (0.02, 1.0), (0.05, 0.4)])
def test_the_trouble_is_settled_faster_the_more_take_part(speed, share):
    """Nobody's reasons change, so need falls by speed (1 + share) a day and ends at zero."""
    state = led(2000, 1.0, crisis_speed=speed, theta_gathering=logit(share))
    open_by = []
    live(state, 10, leading, each=lambda s: open_by.append(float(s.leaders.compounds["need"][0])))
    took = state.people["rallied"].mean()
    assert_share(took * 2000, 2000, share)
    assert open_by == pytest.approx([1.0 - speed * (1.0 + took) * (k + 1) for k in range(10)])
    live(state, 100, leading)
    assert state.leaders.compounds["need"][0] == 0.0


def test_meetings_draw_people_by_need_once_each_and_friends_draw_friends():
    state = led(3000, 1.0, theta_m=4.0, theta_gathering=-4.0)
    live(state, 5, leading)
    assert_share(state.people["rallied"].sum(), 3000, 0.5)  # logit -4 + 4 need; asking again moves nobody
    assert (state.people["took_part"] == state.people["rallied"]).all()
    state.leaders.compounds["need"][0] = 0.5
    live(state, 1, leading)
    assert_share(state.people["rallied"].sum(), 3000, 1 / (1 + np.exp(2.0)))
    pairs = led(400, 1.0, theta_s=3.0, theta_gathering=-2.0, conditional_share=1.0)
    for i in range(0, 400, 2):
        know(pairs, i, i + 1, 0.5)
    live(pairs, 1, leading)
    first = pairs.people["rallied"].copy()
    live(pairs, 1, leading)
    drawn_in = pairs.people["rallied"] & ~first
    assert drawn_in.any() and first[np.flatnonzero(drawn_in) ^ 1].all()


def test_who_comes_forward_is_drawn_by_ties_times_motivation():
    """Three with weights 1 : 2 : 6 in each of many compounds; one who knows nobody never does."""
    n = 1500
    state = estate(4 * n, per_compound=4, ties_most=8.0)
    state.people["v"][:] = 0.0
    state.people["v_own"][:] = 0.7
    for c in range(n):
        know(state, 4 * c, 4 * c + 1, 0.5)
        know(state, 4 * c + 1, 4 * c + 2, 0.5)
        state.people["v"][4 * c : 4 * c + 4] = 0.1, 0.1, 0.6, 1.0
    phase.break_out(state.under(Settings(state.base.x._replace(crisis_need=1.0))), 0)
    seat = state.leaders.compounds["leader"] % 4
    for k, share in enumerate((1 / 9, 2 / 9, 6 / 9, 0.0)):
        assert_share((seat == k).sum(), n, share) if share else None
    assert not (seat == 3).any() and (state.leaders.compounds["leader"] // 4 == np.arange(n)).all()
    leaders = state.leaders.compounds["leader"]
    assert state.people["volunteer"][leaders].all() and (state.people["v"][leaders] >= 0.7).all()


def test_where_nobody_knows_anybody_nobody_comes_forward():
    state = live(estate(30, shocks=[Embezzlement(day=0)]), 5, leading)
    assert state.leaders.compounds["leader"][0] == -1 and not state.leaders.compounds["followed"][0]


# -- regard and suspicion --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("need, a_t, days", [(1.0, 0.1, 5), (0.4, 0.2, 3)])
def test_those_who_see_the_leader_while_trouble_is_open_think_better_of_him(need, a_t, days):
    state = live(led(50, need, w=1.0, a_t=a_t), days, leading)
    assert state.people["regard"][1:] == pytest.approx(1.0 - (1.0 - a_t * need) ** days)
    assert (state.people["suspicion"] == 0).all()


def test_he_is_seen_by_those_who_meet_him_and_in_the_group():
    w, look = 0.3, 0.02
    state = led(3000, 1.0, w=w)
    live(state, 1, leading)
    assert_share((state.people["regard"] > 0).sum(), 2999, w)
    online = led(3000, 1.0, w=w, in_view=look, cap=3000.0)
    together_online(online)
    live(online, 1, leading)
    assert_share((online.people["regard"] > 0).sum(), 2999, 1 - (1 - w) * (1 - look) ** 32)
    alone = live(led(100, 1.0), 10, leading)
    assert (alone.people["regard"] == 0).all()


def test_all_who_come_to_the_meeting_see_the_leader_there_and_only_while_there_are_meetings():
    state = live(led(3000, 1.0, theta_gathering=-4.0, theta_m=4.0, theta_c=0.0), 1, leading)
    came, others = state.people["rallied"][1:], state.people["regard"][1:]
    assert_share(came.sum(), 2999, 0.5)
    assert ((others > 0) == came).all()
    before = state.people["regard"].copy()
    state.leaders.compounds["need"][0] = 0.0
    live(change(state, eta_sigma=1.0), 3, leading)
    assert (state.people["regard"] == before).all() and (state.people["suspicion"] == 0).all()


@pytest.mark.parametrize("eta, tau, need, days", [(0.1, 0.5, 0.0, 5), (0.3, 0.0, 0.0, 3), (0.2, 0.2, 0.5, 8)])
def test_after_k_sights_1_minus_q_to_the_k_have_a_suspicion(eta, tau, need, days):
    """All look into the group every half hour, so all see the leader every day; nobody says a word."""
    n = 3000
    state = led(n, need, eta_sigma=eta, tau=tau, voices=0.0, in_view=1.0, cap=float(n))
    together_online(state)
    live(state, days, leading)
    p = eta * (1.0 - tau) * (1.0 - need)
    suspicion = state.people["suspicion"][1:]
    assert_share((suspicion > 0).sum(), n - 1, 1.0 - (1.0 - p) ** days)
    assert_share((suspicion == 0.5).sum(), n - 1, days * p * (1.0 - p) ** (days - 1))  # one reason adds half
    assert set(np.log2(1.0 - suspicion)) <= set(-np.arange(days + 1.0))


@pytest.mark.parametrize("levers", [{"tau": 1.0}, {"w": 1.0}, {"need": 1.0}, {"eta_sigma": 0.0}])
def test_none_is_suspicious_in_the_open_of_a_close_friend_or_while_all_need_him(levers):
    state = led(200, **{"need": 0.0, "w": 0.5, "eta_sigma": 1.0, "voices": 1.0, **levers})
    live(state, 20, leading)
    assert (state.people["suspicion"] == 0).all() and count(state, "voices") == 0


def test_a_voice_costs_the_leader_and_all_who_hear_it_their_share():
    """Person 1 alone sees the leader and suspects; five friends who meet 1 for certain hear it."""
    state = led(8, 0.0, eta_sigma=1.0, voices=1.0, beta_r=0.2, phi=0.0, v_leader_stop=0.0)
    state.people["regard"][:] = 0.5
    for j in range(2, 7):
        know(state, 1, j, 1.0)
    state.people["alerted"][1] = True  # somebody has told 1
    live(state, 1, leading)
    assert state.people["v"][0] == pytest.approx(0.9 * 0.8) and count(state, "voices") == 1
    assert state.people["regard"].tolist() == pytest.approx([0.5, 0.5, *[0.4] * 5, 0.5])
    assert state.people["alerted"].tolist() == [False, False, *[True] * 5, False]
    assert state.leaders.compounds["voices"][0] == 1 and state.leaders.compounds["audience"][0] == 0.0


def test_who_heard_an_accusation_has_one_more_reason_the_next_day_and_no_more():
    n, eta = 2000, 0.3
    state = led(n, 0.0, eta_sigma=eta, voices=0.0)
    state.people["alerted"][1:] = True
    live(state, 1, leading)
    assert_share((state.people["suspicion"] > 0).sum(), n - 1, eta)
    before = state.people["suspicion"].copy()
    live(state, 10, leading)
    assert (state.people["suspicion"] == before).all()


def test_in_the_group_members_who_look_hear_it():
    n, look = 400, 0.05
    heard = []
    for world in range(1, 25):
        state = led(n, 0.0, world=world, eta_sigma=1.0, voices=1.0, in_view=look, cap=float(n), v_leader_stop=0.0)
        together_online(state)
        mark = np.zeros(n, np.int64)
        phase.speak_out(state.under(state.base), 1, 0, 0, mark, 0, 0)
        assert mark[0] == mark[1] == 0
        heard.append(mark.sum())
    assert np.mean(heard) == pytest.approx(n * look * (n - 2) / n, abs=4 * np.sqrt(n * look / 24))


@pytest.mark.parametrize("phi, voices, ties", [(0.7, 3, [0.5, 0.3]), (1.0, 1, [0.9]), (0.5, 6, [])])
def test_face_by_hand(phi, voices, ties):
    loss = face(phi, float(voices), float(sum(ties)))
    assert loss == pytest.approx(phi * np.log(1 + voices) * sum(ties))
    assert yields(0.05, loss) == pytest.approx(min(1.0, 0.05 * (np.exp(loss) - 1.0)))
    assert yields(0.05, 0.0) == 0.0 and yields(0.05, 50.0) == 1.0


def led_everywhere(compounds, need, **levers):
    """So many compounds of three people, each led by its first."""
    state = estate(3 * compounds, per_compound=3, **levers)
    rows = state.leaders.compounds
    rows.need[:], rows.crisis[:], rows.leader[:], rows.followed[:] = need, 0, 3 * np.arange(compounds), True
    state.people["volunteer"][::3], state.people["v"][::3] = True, 0.9
    return state


def test_loss_of_face_makes_a_leader_withdraw_at_its_hazard():
    state = led_everywhere(3000, 0.5, phi=0.7, h_0=0.1)
    rows = state.leaders.compounds
    rows.voices[:], rows.audience[:] = 3, 0.8
    live(state, 1, leading)
    gone = rows.leader == -1
    assert_share(gone.sum(), 3000, 0.1 * (np.exp(0.7 * np.log(4) * 0.8) - 1))
    assert (state.people["volunteer"][::3] == ~gone).all()
    assert count(state, "withdrew") == count(state, "quits") == gone.sum()
    live(state, 20, leading)
    assert (gone == (rows.leader == -1)).all()  # nobody has said anything since


def test_the_audience_is_who_heard_and_knows_the_household_but_not_the_household():
    """Two speaks before three, who knows both of the leader's household, four, who knows one, and the kin."""
    state = hamlet(300, households=100, per_compound=100, **{**QUIET, "tau": 0.0, "eta_sigma": 1.0, "voices": 1.0})
    home = int(np.flatnonzero(state.homes.doors["seats"] == 2)[0])
    leader = int(state.homes.doors["first"][home])
    elsewhere = np.flatnonzero(state.people["household"] != home)
    two, three, four, five = elsewhere[[0, 60, 120, 180]].tolist()
    for i, j, w in ((three, leader, 0.3), (three, leader + 1, 0.6), (four, leader, 0.2), (five, leader, 0.9),
                    (two, three, 1.0), (two, four, 1.0), (two, leader + 1, 1.0)):  # fmt: skip
        know(state, i, j, w)
    state.people["alerted"][two] = True  # somebody has told two
    now, heard = state.under(state.base), np.zeros(state.size, np.int64)
    phase.speak_out(now, two, 1, leader, heard, 0, 0)
    assert np.flatnonzero(heard).tolist() == sorted([three, four, leader + 1])
    level = level_on(0, state.base.x.half_life)
    audience = [closeness(now, j, home, level) for j in (three, four, leader + 1, five)]
    assert audience == pytest.approx([0.6, 0.2, 0.0, 0.9])  # five has not heard it


def test_a_tie_too_faint_to_count_adds_nothing_to_what_an_accused_leader_loses():
    """All are in one group and hear others accuse the leader, whom three know, one by less than a tie counts from."""
    state = led(40, 0.0, **{**QUIET, "eta_sigma": 1.0, "voices": 1.0, "in_view": 1.0, "w_drop": 0.005})
    together_online(state)
    for i, w in ((1, 0.5), (2, 0.02), (3, 0.004)):
        know(state, i, 0, w)
    voices, audience = phase.be_seen(state.under(state.base), 0, 0, 0.0, 0)
    assert voices >= 30 and audience == pytest.approx(0.52)


def test_an_accused_leader_stops_below_the_line_and_is_counted_among_those_who_gave_up():
    state = led(200, 0.0, w=0.5, eta_sigma=0.5, voices=1.0, phi=0.0, v_leader_stop=0.5, beta_r=0.1)
    live(state, 40, leading)
    assert state.leaders.compounds["leader"][0] == -1 and not state.people["volunteer"][0]
    assert state.people["v"][0] < 0.5 and count(state, "quits") == 1 and count(state, "withdrew") == 0


def test_low_motivation_alone_stops_no_leader():
    state = led(20, 0.0, w=0.5, eta_sigma=0.0)
    state.people["v"][0] = 0.01
    live(state, 50, leading)
    assert state.leaders.compounds["leader"][0] == 0


def test_a_leader_stays_for_a_time_once_the_trouble_is_settled_and_not_before():
    state = live(led_everywhere(2000, 0.0, leader_stays=20.0), 10, leading)
    assert_share((state.leaders.compounds["leader"] == -1).sum(), 2000, 1 - (1 - 1 / 20) ** 10)
    assert state.people["volunteer"][::3].all()  # they go on helping
    still = live(led_everywhere(50, 0.5, leader_stays=1.0), 10, leading)
    assert (still.leaders.compounds["leader"] >= 0).all()


def test_who_moves_out_leads_no_more_and_newcomers_know_nothing_of_it():
    state = led(60, 0.0, w=0.4, eta_sigma=0.2, voices=0.5, v_leader_stop=0.0, phi=0.0, stay_owner=15.0, stay_long=15.0,
                stay_short=15.0)  # fmt: skip
    live(state, 10, leading, rules=[])
    for _ in range(40):
        live(state, 1, moving)
        new = state.people["since"] == state.day - 1
        assert (state.people["suspicion"][new] == 0).all() and not state.people["alerted"][new].any()
        state.day -= 1
        live(state, 1, leading)
    assert state.people["since"][0] > 0 and state.leaders.compounds["leader"][0] == -1


# -- building leaders -----------------------------------------------------------------------------------------------


def blocks(n, households=None, doors=3, **levers):
    """Buildings of two stairwells with so many doors each; everybody knows somebody."""
    state = hamlet(n, households=households, doors=doors, **{**QUIET, "alpha": 0.1, **levers})
    for i in range(0, n - 1):
        know(state, i, i + 1, 0.2)
    return state


def test_each_span_has_one_leader_who_lives_there_and_uses_a_phone():
    state = blocks(144, literate_young=0.5)  # 24 buildings of 6 homes
    live(state, 1, leading, rules=[BuildingLeaders(buildings=4)])
    heads = np.flatnonzero(state.leaders.spans["leader"] >= 0)
    assert heads.tolist() == list(range(0, 24, 4))
    leaders = state.leaders.spans["leader"][heads]
    buildings = state.homes.doors["building"][state.people["household"][leaders]]
    assert (buildings // 4 == heads // 4).all() and state.people["literate"][leaders].all()


@pytest.mark.parametrize("households, doors, buildings", [(144, 3, 4), (50, 3, 2), (60, 5, 1)])
def test_she_visits_every_other_home_of_her_span_once_one_a_day(households, doors, buildings):
    state = blocks(households, doors=doors)
    spans, visited = state.leaders.spans, []
    live(state, households, leading, rules=[BuildingLeaders(buildings=buildings)],
         each=lambda s: visited.append(s.people["led"].sum()))  # fmt: skip
    heads = np.flatnonzero(spans["leader"] >= 0)
    assert visited[0] == len(heads) and visited[-1] == households - len(heads)
    leaders = spans["leader"][heads]
    assert sorted(np.flatnonzero(~state.people["led"])) == sorted(leaders)
    for leader in leaders.tolist():  # one encounter with each
        mine = state.ties.slots[state.ties.of(leader)]
        building = state.homes.doors["building"][state.people["household"]] // buildings
        for j in np.flatnonzero((building == building[leader]) & (np.arange(households) != leader)):
            u = mine["u"][mine["neighbour"] == j]
            assert u == pytest.approx([0.2 + 0.1 * 0.8 if abs(j - leader) == 1 else 0.1])


def test_she_meets_one_grown_up_of_each_home():
    state = blocks(90, households=30, child_share=0.3)
    state.ties.rows["degree"][:] = 0
    state.ties.rows["total"][:] = 1.0  # so that somebody can be found
    live(state, 12, leading, rules=[BuildingLeaders(buildings=1)])
    for leader in state.leaders.spans["leader"][state.leaders.spans["leader"] >= 0].tolist():
        met = state.ties.slots["neighbour"][state.ties.of(leader)]
        homes = state.people["household"][met]
        assert len(np.unique(homes)) == len(homes) == 5 and (state.people["age"][met] != CHILD).all()


def test_recruiting_is_by_ties_times_messages_written():
    n = 2000
    state = hamlet(2 * n, doors=1, **{**QUIET, "ties_most": 8.0})
    for i in range(0, 2 * n, 2):
        know(state, i, i + 1, 0.2)
    group = open_group(state.groups, OFFICIAL, 0, -1, 0)
    for i in range(0, 2 * n, 2):
        state.groups.seats.group[i, 0], state.groups.seats.written[i, 0] = group, 3
    state.groups.seats.group[1::2, 0] = -1
    live(state, 1, leading, rules=[BuildingLeaders(buildings=1)])
    found = state.leaders.spans["leader"]
    assert (found >= 0).all()
    assert_share((found % 2 == 0).sum(), n, 4 / 5)  # (1 + 3) : 1


def test_a_leader_who_moves_out_is_replaced_and_the_round_begins_again():
    state = blocks(36, doors=3)
    rule = [BuildingLeaders(buildings=6)]
    live(state, 10, leading, rules=rule)
    leader = int(state.leaders.spans["leader"][0])
    assert state.people["led"].sum() == 10
    state.people["since"][leader] = state.day
    live(state, 1, leading, rules=rule)
    assert state.leaders.spans["since"][0] == 10 and state.people["led"].sum() == 1
    live(state, 60, leading, rules=rule)
    assert state.people["led"].sum() == 35


def test_needs_of_homes_she_has_visited_go_by_phone_at_the_cost_of_a_message():
    def reported(visited, rules):
        state = hamlet(2000, needs_rate=1000.0, r_0=1.0, r_c=2.0, hours_group=0.05, hours_visit=1.5)
        state.people["led"][:] = visited
        live(state, 1, needs, rules=rules)
        rows = state.cases.rows[: state.cases.count[0]]
        return rows["channel"], len(rows) / (len(rows) + state.office.grievances[0]), len(rows)

    rule = [BuildingLeaders(buildings=4)]
    for visited, rules, channel, hours in ((True, rule, BY_PHONE, 0.05), (False, rule, BY_VISIT, 1.5),
                                           (True, [], BY_VISIT, 1.5)):  # fmt: skip
        channels, share, _ = reported(visited, rules)
        assert (channels == channel).all()
        assert share == pytest.approx(1 / (1 + np.exp(2.0 * hours - 1.0)), abs=0.05)
