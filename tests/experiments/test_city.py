"""A city: exact sizes, communities that do not depend on one another, rows that survive a killed run."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from commsim import cli
from commsim.errors import UserError
from commsim.experiments import city as study
from commsim.experiments.city import Task, live_city, live_community, quantile, row_of, summary
from commsim.experiments.worlds import unpack
from commsim.scenarios.city import COMMUNITIES_MOST, WORLDS_MOST, load_city, world_of
from commsim.words import choose_language

PLACE = """\
id: small
title: {zh: 小院, en: Small yard}
story: {zh: 一个小院子。, en: A small yard.}
burn_in: 20
scales:
  yard: {people: 60}
policies:
  before:
    title: {zh: 从前, en: Before}
    rules: []
  group:
    title: {zh: 开群, en: Group}
    rules: [{rule: online_group, poster: 2}, {rule: gatherings, every: 7, threshold: 3, sign_up_days: 3}]
"""
CITY = """\
kind: city
id: town
title: {zh: 小城, en: Town}
story: {zh: 一座小城。, en: A town.}
scenario: small.yaml
scale: yard
policy: group
days: 30
communities: 40
people_mean: 90
people_most: 400
people_least: 40
people_per_official: 200
renter_share_centre: 0.3
renter_share_edge: 0.5
renter_spread: 0.6
short_share: 0.5
short_spread: 0.4
"""


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    yield
    choose_language(None)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    (folder / "small.yaml").write_text(PLACE, encoding="utf-8")
    (folder / "town.yaml").write_text(CITY, encoding="utf-8")
    return str(folder / "town.yaml")


@pytest.fixture(scope="module")
def undisturbed(town):
    """The table of a run that nothing happened to, as text."""
    return as_text(live_city(town, days=10, jobs=1))


def as_text(table) -> str:
    return json.dumps(table.as_data(), sort_keys=True)


def tell(*args):
    return CliRunner().invoke(cli.main, [str(a) for a in args])


# -- the communities -------------------------------------------------------------------------------------


def test_chengdu_has_the_reported_numbers_of_communities_and_people_and_the_largest():
    city = load_city("chengdu")
    assert len(city.sizes) == 3043
    assert sum(city.sizes) == 3043 * 5258
    assert city.sizes[-1] == 130_000 > city.sizes[-2]
    assert city.sizes[0] == 300
    assert all(number.source for number in city.figures)


def test_another_world_gives_the_same_sizes_to_other_communities():
    city = load_city("chengdu")
    first, second = city.draw(1), city.draw(2)
    assert sorted(c.people for c in first) == sorted(c.people for c in second) == city.sizes
    assert [c.people for c in first] != [c.people for c in second]
    assert first == load_city("chengdu").draw(1)


def test_no_two_communities_live_in_the_same_world_and_all_worlds_are_keys():
    worlds = {world_of(w, n) for w in (0, 1, 2, WORLDS_MOST) for n in (1, 2, COMMUNITIES_MOST)}
    assert len(worlds) == 12 and max(worlds) < 2**32


def test_drawn_shares_and_places_are_where_they_can_be():
    city = load_city("chengdu")
    communities = city.draw(1)
    assert all(0 < c.renter_share <= 0.95 and 0 < c.short_share < 1 for c in communities)
    assert all(c.x**2 + c.y**2 <= 1 for c in communities)
    centre = [c.renter_share for c in communities if c.x**2 + c.y**2 < 0.2]
    edge = [c.renter_share for c in communities if c.x**2 + c.y**2 > 0.8]
    assert sum(centre) / len(centre) < sum(edge) / len(edge)


def test_a_place_has_what_was_drawn_for_it_and_the_rest_from_the_scenario():
    city = load_city("chengdu")
    one = city.draw(1)[6]
    place, whole = city.place(one), city.scenario.place("full")
    assert (place.people, place.households) == (one.people, one.households)
    x = place.settings.x
    assert (x.renter_share, x.short_share, x.officials) == (one.renter_share, one.short_share, one.officials)
    same = {"renter_share": 0, "short_share": 0, "officials": 0}
    assert x._replace(**same) == whole.settings.x._replace(**same)


@pytest.mark.parametrize("given, wrong", [
    ("people_mean: 20", "people_mean"), ("people_most: 100.5", "people_most"), ("policy: non", "before, group"),
    ("scenario: other", "other"), ("communities: 5000", "4095"), ("kind: town", "kind: city"),
])  # fmt: skip
def test_a_mistake_in_a_city_file_is_told_with_its_line(town, tmp_path, given, wrong):
    key = given.split(":")[0]
    lines = [given if line.startswith(f"{key}:") else line for line in CITY.splitlines()]
    (tmp_path / "small.yaml").write_text(PLACE, encoding="utf-8")
    file = tmp_path / "wrong.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_city(file)
    for lang in ("zh", "en"):
        assert "wrong.yaml" in caught.value.text(lang)
    assert caught.value.facts["line"] == lines.index(given) + 1
    assert wrong in caught.value.text("en")


# -- rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [5, 28, 29, 45])
def test_two_evenings_say_the_same_as_a_record_of_every_day(town, days):
    city = load_city(town)
    one = max(city.draw(3), key=lambda c: c.people)
    sparse, daily = (row_of(city, one, "group", days, daily) for daily in (False, True))
    assert repr(sparse["measures"]) == repr(daily["measures"])
    assert sparse["measures"]["official_hours"] is not None


def test_a_community_is_the_same_alone_and_in_the_city(town, undisturbed):
    city = load_city(town)
    number, lived = live_community(Task(town, city.digest, "group", 1, 17, 10, "any"))
    row = {k: v for k, v in unpack(lived.outcome).items() if not k.endswith("seconds")}
    assert number == 17 and json.loads(undisturbed)["communities"][16] == row


def test_the_first_communities_are_the_first_rows_of_the_whole(town, undisturbed):
    assert json.loads(as_text(live_city(town, days=10, communities=3, jobs=1)))["communities"] == (
        json.loads(undisturbed)["communities"][:3]
    )


def test_a_task_is_names_and_numbers(town):
    seen = []

    def work(task):
        seen.append(task)
        return live_community(task)

    live_city(town, days=1, communities=2, jobs=1, work=work)
    assert len(seen) == 2 and all(type(part) in (str, int) for task in seen for part in task)


# -- interruptions ---------------------------------------------------------------------------------------

_CITY = ("import sys; from commsim.experiments.city import live_city;"
         "live_city(sys.argv[1], days=10, jobs=int(sys.argv[3]), ledger=sys.argv[2])")


def kept(ledger) -> int:
    try:
        with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as file:
            return file.execute("SELECT count(*) FROM runs").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("before, after", [(1, 2), (2, 1)])
def test_after_kill_9_the_same_table_to_the_last_bit_with_other_jobs_too(town, tmp_path, undisturbed, before, after):
    ledger = tmp_path / "town.sqlite"
    killed = subprocess.Popen([sys.executable, "-c", _CITY, town, ledger, str(before)])
    until = time.monotonic() + 120
    while kept(ledger) < 2 and killed.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    there = kept(ledger)
    assert 2 <= there < 40
    resumed = live_city(town, days=10, jobs=after, ledger=ledger)
    assert (resumed.reused, resumed.lived) == (there, 40 - there)
    assert as_text(resumed) == undisturbed
    again = live_city(town, days=10, jobs=after, ledger=ledger)
    assert again.lived == 0 and as_text(again) == undisturbed


def test_a_failed_community_is_remembered_left_out_and_lived_again_when_asked(town, tmp_path, undisturbed, monkeypatch):
    ledger, good = tmp_path / "town.sqlite", row_of

    def row(city, community, *rest):
        if community.number == 2:
            raise ZeroDivisionError("nobody was there to ask")
        return good(city, community, *rest)

    monkeypatch.setattr(study, "row_of", row)
    table = live_city(town, days=10, communities=3, jobs=1, ledger=ledger)
    assert table.failed == [{"number": 2, "error": "ZeroDivisionError: nobody was there to ask"}]
    assert [r["number"] for r in table.rows] == [1, 3]
    monkeypatch.undo()
    assert live_city(town, days=10, communities=3, jobs=1, ledger=ledger).failed
    table = live_city(town, days=10, communities=3, jobs=1, ledger=ledger, retry=True)
    assert (table.lived, table.failed) == (1, [])
    assert table.rows == json.loads(undisturbed)["communities"][:3]


def test_the_largest_are_lived_first_and_the_time_left_goes_by_people(town):
    asked, told = [], []
    city = load_city(town)
    people = {c.number: c.people for c in city.draw(1)}

    def work(task):
        asked.append(people[task.number])
        return live_community(task)

    live_city(town, days=1, communities=8, jobs=1, progress=lambda *a: told.append(a), work=work)
    assert asked == sorted(asked, reverse=True)
    assert [done for done, *_ in told] == list(range(9)) and told[0][2] is None and told[-1][2] == 0.0


# -- the summary -----------------------------------------------------------------------------------------


def test_quantiles_go_by_people():
    values = [(1.0, 10), (3.0, 10), (2.0, 80)]
    assert [quantile(values, q) for q in (0.1, 0.11, 0.5, 0.9, 0.91)] == [1.0, 2.0, 2.0, 2.0, 3.0]
    assert quantile([], 0.5) is None


def test_totals_and_bands_add_up(town, undisturbed):
    rows = json.loads(undisturbed)["communities"]
    found = summary(rows)
    assert found["totals"]["people"] == 40 * 90 == sum(band["people"] for band in found["bands"])
    assert sum(band["communities"] for band in found["bands"]) == 40
    assert found["totals"]["gatherings_held"] == sum(r["measures"]["gatherings_held"] for r in rows)
    everybody = sum(r["measures"]["grievances"] * r["people"] for r in rows) / 1000
    assert found["totals"]["grievances"] == pytest.approx(everybody)


# -- the command -----------------------------------------------------------------------------------------


def test_the_command_prints_tables_in_both_languages_and_writes_a_picture(town, tmp_path):
    out, ledger = tmp_path / "town.png", tmp_path / "town.sqlite"
    line = ["city", town, "--days", 2, "--communities", 12, "--jobs", 1, "--ledger", ledger]
    done = tell(*line, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert "only the first 12 of 40" in done.stdout and "schematic" in done.stdout
    assert out.read_bytes().startswith(b"\x89PNG")
    chinese = tell(*line, "--lang", "zh").stdout
    assert "小城" in chinese and "示意" in chinese
    data = json.loads(tell(*line, "--json").stdout)
    assert len(data["communities"]) == 12 and data["summary"]["totals"]["communities"] == 12


@pytest.mark.parametrize("args, wrong", [
    (["chengdoo"], "chengdu"), (["chengdu", "--policy", "jinyang_2061"], "jinyang_2016"),
    (["chengdu", "--communities", "3044"], "3043"), (["chengdu", "--out", "city.doc"], ".png"),
    (["chengdu", "--world", "2000000"], "1048575"), (["chengdu", "--measure", "trust"], "trust"), ([], "CITY"),
])  # fmt: skip
def test_a_mistake_ends_with_a_sentence(args, wrong):
    done = tell("city", *args)
    assert done.exit_code == 2 and wrong in done.stderr and "Traceback" not in done.stderr


def test_help_has_examples_in_both_languages():
    assert "commsim city chengdu --ledger" in tell("city", "--help").stdout
    assert "例子：" in tell("city", "--help", "--lang", "zh").stdout
