"""Screening levers: against engines whose answer is known, and the command that prints it."""

import json
import math

import bending
import numpy as np
import pytest
from click.testing import CliRunner

from commsim import cli, scenarios
from commsim.errors import UserError
from commsim.experiments import sensitivity
from commsim.experiments.drawing import DRAWN
from commsim.experiments.sensitivity import CORE, decided_by_rules, morris, problem_of, runner, screen, sobol_total
from commsim.show import sensitivity as told_of_screens
from commsim.state.settings import PARAMETERS
from commsim.words import choose_language, say

pytest.importorskip("SALib")

RANGES = {"alpha": (0.0, 0.1), "m": (0.1, 0.9), "renter_share": (0.1, 0.5), "chi": (0.0, 1.0)}
WHOLE = {"alpha": 1.0, "m": 1.6, "renter_share": -1.6, "chi": 0.0}  # effect of the whole range


def of(engine="plain", policy="before", **more):
    asked = {"scale": "courtyard", "days": 30, "jobs": 1, "trajectories": 6, "worlds": 2, "ranges": RANGES,
             "measures": ["acquaintances"], "run_world": f"bending:{engine}"} | more  # fmt: skip
    return screen("jinyang", policy, **asked)


def effects(found, measure="acquaintances"):
    return {effect["lever"]: effect for effect in found["measures"][measure]["effects"]}


# the levers


def test_core_levers_exist_and_their_plausible_ranges_lie_in_the_allowed_ones():
    assert len(CORE) >= 24
    for lever, (low, high) in CORE.items():
        p = PARAMETERS[lever]
        assert p.low <= low < high <= p.high, lever
        assert low <= p.default <= high, lever


def test_ranges_are_those_that_parameter_draws_use_and_no_core_number_is_left_out():
    assert {"renter_share", "short_share", "alpha", "half_life", "m"} <= set(CORE)
    assert all(DRAWN[lever] == span for lever, span in CORE.items())


def test_every_shipped_scenario_can_be_lived_at_both_ends_of_every_core_lever():
    for name in scenarios.available():
        scenario = scenarios.load(name)
        for end in (0, 1):
            x = sensitivity._with(scenario, "courtyard", {k: r[end] for k, r in CORE.items()}).settings("courtyard").x
            assert all(getattr(x, lever) == span[end] for lever, span in CORE.items())
        assert scenario.settings("courtyard").x.m == 0.8  # the scenario itself is as it was


def test_levers_that_a_rule_of_the_policy_sets_are_not_moved():
    jinyang = scenarios.load("jinyang")
    assert decided_by_rules(jinyang, "before", "courtyard", 365) == []
    decided = decided_by_rules(jinyang, "jinyang_2016", "courtyard", 365)
    assert "p_b" in decided and "alpha" not in decided
    found = of(policy="jinyang_2016", ranges={**RANGES, "p_b": (0.05, 0.6)})
    assert found["decided"] == ["p_b"] and "p_b" not in effects(found)
    assert found["runs"] == 6 * 5 * 2


# Morris


def test_a_straight_line_gives_each_lever_its_whole_effect_with_certainty():
    found = of()
    seen = effects(found)
    for lever, effect in WHOLE.items():
        assert seen[lever]["mu"] == pytest.approx(effect)
        assert seen[lever]["mu_star"] == pytest.approx(abs(effect))
        assert seen[lever]["low"] == pytest.approx(abs(effect)) == pytest.approx(seen[lever]["high"])
        assert seen[lever]["sigma"] == pytest.approx(0.0, abs=1e-12)
        assert seen[lever]["floor"] == 0.0
    order = [effect["mu_star"] for effect in found["measures"]["acquaintances"]["effects"]]
    assert order == sorted(order, reverse=True)
    assert found["measures"]["acquaintances"]["noise_share"] == 0.0


def test_our_own_elementary_effects_are_those_of_the_library():
    def run(points, worlds):
        return {"y": points[:, 0] ** 2 * points[:, 1] + np.sin(points[:, 2])}

    problem = problem_of({"alpha": (0, 3), "m": (1, 5), "chi": (-1, 1)})
    found = morris(run, problem, trajectories=30, worlds=1)["y"]
    from SALib.sample import morris as sampling

    points = sampling.sample(problem, 30, num_levels=sensitivity.LEVELS, seed=sensitivity.SEED)
    ours = sensitivity.elementary_effects(problem, points, run(points, None)["y"])
    assert ours.shape == (3, 30, 1)
    for k, lever in enumerate(problem["names"]):
        theirs = next(effect for effect in found["effects"] if effect["lever"] == lever)
        assert np.abs(ours[k]).mean() == pytest.approx(theirs["mu_star"])
        assert ours[k].mean() == pytest.approx(theirs["mu"])
    assert found["noise_share"] is None and found["effects"][0]["floor"] is None  # one world tells nothing of luck


def test_luck_that_is_the_same_at_every_point_does_not_blur_the_levers():
    found = of("lucky_worlds", worlds=3)
    measure = found["measures"]["acquaintances"]
    for lever, effect in WHOLE.items():
        assert effects(found)[lever]["mu_star"] == pytest.approx(abs(effect))
        assert effects(found)[lever]["floor"] == pytest.approx(0.0, abs=1e-9)
    import random

    gaps = [abs(random.Random(a).gauss(0, 5) - random.Random(b).gauss(0, 5)) for a, b in ((1, 2), (1, 3), (2, 3))]
    assert measure["luck"] == pytest.approx(np.mean(gaps))
    assert measure["noise_share"] > 0.8


@pytest.mark.parametrize("worlds", [2, 4])
def test_luck_alone_gives_the_effect_that_is_told_as_its_floor(worlds):
    """A lever that does nothing has mu* = E|N(0, s)| with s^2 = 2 / (worlds (2/3)^2): told, and seen."""
    found = of("all_luck", trajectories=150, worlds=worlds)
    nothing = effects(found)["chi"]
    expected = math.sqrt(2 / worlds) / (2 / 3) * math.sqrt(2 / math.pi)
    assert nothing["floor"] == pytest.approx(expected, rel=0.1)
    assert nothing["mu_star"] == pytest.approx(expected, rel=0.2)


@pytest.mark.parametrize("worlds", [2, 5])
def test_the_share_of_luck_is_that_of_the_variance(worlds):
    """Luck has variance 1; levers at four even levels have 5/36 of the squared range each."""
    found = of("all_luck", trajectories=200, worlds=worlds)["measures"]["acquaintances"]
    levers = sum(effect**2 for effect in WHOLE.values()) * 5 / 36
    assert found["noise_share"] == pytest.approx(1 / (1 + levers), abs=0.06)
    assert found["luck"] == pytest.approx(2 / math.sqrt(math.pi), rel=0.1)  # E|difference of two normals|
    assert found["luck_low"] < found["luck"] < found["luck_high"]


def test_a_measure_without_a_value_is_told_and_not_screened():
    found = of(measures=["acquaintances", "project_days", "coverage"])
    assert found["measures"]["project_days"]["effects"] == []
    assert found["measures"]["project_days"]["undefined"] == found["measures"]["project_days"]["runs"] == found["runs"]
    assert {e["mu_star"] for e in found["measures"]["coverage"]["effects"]} == {0.0}
    assert found["measures"]["coverage"]["noise_share"] is None
    json.dumps(found, allow_nan=False)


def test_two_processes_find_what_one_finds():
    assert of("all_luck", jobs=2)["measures"] == of("all_luck", jobs=1)["measures"]


def test_a_run_that_fails_ends_the_study_and_tells_where():
    with pytest.raises(UserError) as caught:
        of("fails_with_a_high_m", ranges={"alpha": (0.0, 0.1), "m": (0.1, 1.0)})
    assert caught.value.key == "sensitivity_failed"
    assert "nobody was there" in str(caught.value) and "m=1" in str(caught.value)


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch):
    import builtins
    import sys

    real = builtins.__import__
    for name in [name for name in sys.modules if name.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setattr(builtins, "__import__", real)
    with pytest.raises(UserError) as caught:
        of()
    assert caught.value.key == "sensitivity_needs_salib" and "[sensitivity]" in caught.value.text("zh")


# Sobol


def test_total_indices_of_a_function_with_an_interaction_are_the_known_ones():
    """y = a + b + 4 (a - 1/2)(b - 1/2) on the unit square: V_a = V_b = 1/12, V_ab = 1/9."""

    def run(points, worlds):
        a, b = points[:, 0], points[:, 1]
        return {"y": a + b + 4 * (a - 0.5) * (b - 0.5)}

    found = sobol_total(run, problem_of({"alpha": (0, 1), "m": (0, 1), "chi": (0, 1)}), 1024)["y"]
    totals = {index["lever"]: index for index in found["indices"]}
    for lever in ("alpha", "m"):
        assert totals[lever]["total"] == pytest.approx((1 / 12 + 1 / 9) / (5 / 18), abs=0.03)
        assert totals[lever]["low"] < (1 / 12 + 1 / 9) / (5 / 18) < totals[lever]["high"]
    assert totals["chi"]["total"] == totals["world"]["total"] == pytest.approx(0.0, abs=1e-9)
    assert found["runs"] == 1024 * 6


def test_luck_is_one_of_the_factors_and_takes_its_share():
    """y = a + luck, luck normal with the variance of a: half of the variance each."""
    luck = np.random.default_rng(5).normal(0, math.sqrt(1 / 12), 257)

    def run(points, worlds):
        assert worlds.min() >= 1 and worlds.max() <= 256 and len(np.unique(worlds)) > 200
        return {"y": points[:, 0] + luck[worlds], "flat": np.ones(len(points)),
                "gaps": np.where(points[:, 0] > 0.5, np.nan, 1.0)}  # fmt: skip

    found = sobol_total(run, problem_of({"alpha": (0, 1), "m": (0, 1)}), 1024)
    totals = {index["lever"]: index["total"] for index in found["y"]["indices"]}
    part = luck[1:].var() / (luck[1:].var() + 1 / 12)
    assert totals["world"] == pytest.approx(part, abs=0.05) and totals["m"] == pytest.approx(0.0, abs=1e-9)
    assert found["flat"]["indices"] == found["gaps"]["indices"] == [] and found["gaps"]["undefined"] > 0


def test_the_runner_serves_both_and_keeps_rows_and_worlds_together():
    jinyang = scenarios.load("jinyang")
    names = ["alpha", "m"]
    run = runner(jinyang, "before", "courtyard", 30, ["acquaintances"], names, run_world="bending:lucky_worlds")
    points, worlds = np.array([[0.05, 0.2], [0.1, 0.2], [0.05, 1.0]]), np.array([3, 1, 3])
    seen = run(points, worlds)["acquaintances"]
    import random

    base = -4.0 * jinyang.settings("courtyard").x.renter_share
    expected = 10 * points[:, 0] + 2 * points[:, 1] + base + [random.Random(int(w)).gauss(0, 5) for w in worlds]
    np.testing.assert_allclose(seen, expected)


def test_the_real_engine_answers_too():
    found = screen("jinyang", "before", "courtyard", days=20, trajectories=2, worlds=2, jobs=1,
                   ranges={"alpha": (0.02, 0.1), "half_life": (90, 720)})  # fmt: skip
    seen = effects(found)
    assert seen["half_life"]["mu"] > seen["half_life"]["floor"] > 0  # a longer memory, more ties
    assert seen["alpha"]["mu"] > 0
    assert 0 < found["measures"]["acquaintances"]["noise_share"] < 1


# the command


@pytest.fixture
def small(monkeypatch):
    """The command, with the engine that follows a script."""
    monkeypatch.setenv("COMMSIM_LANG", "en")
    real = sensitivity.screen
    monkeypatch.setattr(sensitivity, "screen", lambda *a, **k: real(*a, **k, ranges=RANGES, run_world=bending.all_luck))
    yield lambda *args: CliRunner().invoke(cli.main, [*map(str, args)])
    choose_language(None)


ASKED = ("sensitivity", "jinyang", "before", "--scale", "courtyard", "--days", 30, "--jobs", 1, "--trajectories", 3)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_prints_effects_in_order_with_their_intervals_and_the_part_of_luck(small, lang):
    done = small(*ASKED, "--measure", "acquaintances", "--measure", "project_days", "--lang", lang)
    assert done.exit_code == 0, done.stderr
    for lever in RANGES:
        assert say(f"setting.{lever}", lang) in done.stdout and lever in done.stdout
    for part in ("effect", "interval", "floor", "luck"):
        assert say(f"cli.sensitivity.{part}", lang) in done.stdout
    assert say("cli.sensitivity.undefined", lang, runs=30, undefined=30) in done.stdout
    assert "%" in done.stdout and ("30 runs" in done.stderr or lang == "zh")


def test_json_is_a_list_with_one_entry_per_measure_and_lever(small):
    done = small(*ASKED, "--measure", "acquaintances", "--measure", "project_days", "--json")
    rows = json.loads(done.stdout)
    assert [row["measure"] for row in rows] == ["acquaintances"] * 4 + ["project_days"]
    assert {row["lever"] for row in rows[:4]} == set(RANGES) and rows[4]["lever"] is None
    for row in rows[:4]:
        assert row["low"] <= row["mu_star"] <= row["high"] and row["unit"] == "persons"
        assert row["range"] == list(RANGES[row["lever"]]) and 0 < row["noise_share"] <= 1
        assert (row["policy"], row["worlds"], row["trajectories"], row["days"]) == ("before", 2, 3, 30)


@pytest.mark.parametrize("wrong, named", [
    (("sensitivity", "jinyang", "befor"), "before"),
    (("sensitivity", "jinyang", "before", "--measure", "coverages"), "coverage"),
    (("sensitivity", "jinyang", "before", "--scale", "court"), "courtyard"),
    (("sensitivity", "jinyang", "before", "--trajectories", "1"), "--trajectories"),
    (("sensitivity", "jinyang"), "POLICY"),
])  # fmt: skip
def test_a_mistake_is_named(small, wrong, named):
    done = small(*wrong)
    assert done.exit_code == 2 and named in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_has_examples(small, lang):
    text = small("sensitivity", "--help", "--lang", lang).stdout
    assert "commsim sensitivity jinyang" in text and "--trajectories" in text and "--json" in text


@pytest.mark.parametrize(
    "mu, mu_star, word", [(2.0, 2.0, "up"), (-1.9, 2.0, "down"), (1.0, 2.0, "both"), (0.0, 0.0, None)]
)
def test_the_direction_is_told_where_there_is_one(mu, mu_star, word):
    told = told_of_screens.direction({"mu": mu, "mu_star": mu_star})
    assert told == (say(f"cli.sensitivity.{word}") if word else "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_has_a_table_per_measure_and_names_the_levers(lang):
    found = of("all_luck", measures=["acquaintances", "project_days"], trajectories=3)
    text = told_of_screens.page(scenarios.load("jinyang"), [found], lang)
    assert text.count("\n| --- |") == 1 and text.count("\n### ") == 2
    assert [line for line in text.splitlines() if line.startswith("|")][2].split("`")[1] in RANGES
    assert all(f"`{lever}`" in text for lever in RANGES)
    assert "{" not in text
