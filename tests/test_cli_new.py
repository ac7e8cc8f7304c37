"""commsim new: what it asks, what it refuses, what it writes and what it leaves alone."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from commsim import cli, scenarios
from commsim.errors import UserError
from commsim.scenarios.own import Own, Question
from commsim.scenarios.schema import OWN
from commsim.words import choose_language, say

ASKED = Own(scenarios.load("blank")).questions()


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    yield
    choose_language(None)


def tell(*args, answers=None):
    return CliRunner().invoke(cli.main, [str(a) for a in args], input=answers)


def lines(**given):
    """What somebody types: the answers by name, an empty line for all others; a list is typed line by line."""
    typed = [given.pop("title", "")]
    for name in ASKED:
        found = given.pop(name, "")
        typed += found if isinstance(found, list) else [found]
    assert not given
    return "\n".join(map(str, typed)) + "\n"


def written(tmp_path, *args, answers):
    done = tell("new", "mine", "--out", tmp_path, *args, answers=answers)
    assert done.exit_code == 0, done.stderr
    return scenarios.load(tmp_path / "mine.yaml")


def sources(scenario):
    return {n.path: n.source for n in scenario.numbers()}


def test_answers_become_own_figures_and_the_rest_stays_as_it_was(tmp_path):
    answers = lines(title="幸福里", people="3,000", renter_share=40, officials=7, doors_per_stairwell=10)
    mine, blank = written(tmp_path, answers=answers), scenarios.load("blank")
    x = mine.settings().x
    assert (mine.id, mine.title["zh"], mine.scale().people) == ("mine", "幸福里", 3000)
    assert (x.renter_share, x.officials, mine.structure["doors_per_stairwell"]) == (0.4, 7, 10)
    own = {path for path, source in sources(mine).items() if source == OWN}
    assert own == {"scales.estate.people", "settings.renter_share", "settings.officials", "place.doors_per_stairwell"}
    kept = {n.path: n for n in blank.numbers() if n.path not in own}
    assert {n.path: n for n in mine.numbers() if n.path not in own} == kept
    assert list(mine.policies) == list(blank.policies)


def test_comments_of_the_template_are_still_there(tmp_path):
    written(tmp_path, answers=lines(people=900))
    before = scenarios.reading.file_of(scenarios.load("blank")).read_text(encoding="utf-8")
    after = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"#.*", before)) <= set(re.findall(r"#.*", after))


@pytest.mark.parametrize("source", ["blank", "jinyang"])
def test_only_empty_lines_give_the_template_again(tmp_path, source):
    mine, template = written(tmp_path, "--from", source, answers=lines()), scenarios.load(source)
    assert mine.settings() == template.settings() and mine.structure == template.structure
    assert mine.households() == template.households()
    assert OWN not in sources(mine).values()
    assert [p.rules for p in mine.policies.values()] == [p.rules for p in template.policies.values()]
    assert ("Jinyang" in mine.story["en"]) == (source == "jinyang") and "40,000" not in mine.story["en"]


def test_yes_asks_nothing_and_writes_the_same_as_empty_lines(tmp_path):
    for folder in ("asked", "told"):
        (tmp_path / folder).mkdir()
    assert tell("new", "mine", "--out", tmp_path / "told", "--yes").exit_code == 0
    assert tell("new", "mine", "--out", tmp_path / "asked", answers=lines()).exit_code == 0
    asked, told = ((tmp_path / folder / "mine.yaml").read_bytes() for folder in ("asked", "told"))
    assert asked == told


def test_households_follow_from_people_unless_they_are_told(tmp_path):
    mine = written(tmp_path, "--from", "jinyang", answers=lines(people=4000))
    assert mine.households() == round(4000 / 2.667)
    (tmp_path / "mine.yaml").unlink()
    mine = written(tmp_path, "--from", "jinyang", answers=lines(people=4000, households=2000))
    assert mine.households() == 2000 and mine.settings("courtyard").x.mean_household == 2
    assert mine.households("courtyard") == 150, "the classroom lives in households of that size"


def test_only_the_own_size_and_a_smaller_classroom_are_kept(tmp_path):
    assert list(written(tmp_path, "--from", "jinyang", answers=lines(people=4000)).scales) == ["courtyard", "estate"]
    (tmp_path / "mine.yaml").unlink()
    assert list(written(tmp_path, answers=lines(people=250)).scales) == ["estate"]


def test_every_policy_begins_with_the_members_there_are(tmp_path):
    answers = lines(people=2308, members=277)
    done = tell("new", "mine", "--out", tmp_path, answers=answers)
    assert "277" in done.stdout and "group_today" in done.stdout
    mine = scenarios.load(tmp_path / "mine.yaml")
    assert mine.settings().x.group_members == 277
    assert mine.settings("courtyard").x.group_members == round(277 * 300 / 2308), "the classroom's share is the same"
    assert all(any(r.name == "online_group" for r in p.rules) for p in mine.policies.values())
    before, after = (mine.policies[p].names for p in ("before", "after"))
    assert before[0] == "group_today" and "group_today" not in after
    run = json.loads(tell("run", tmp_path / "mine.yaml", "--policy", "before", "--scale", "courtyard", "--days", 1,
                          "--json").stdout)  # fmt: skip
    assert run["measures"]["coverage"] == pytest.approx(36 / 300, abs=0.02)


def test_a_group_that_a_policy_opens_later_is_there_until_then(tmp_path):
    text = scenarios.reading.file_of(scenarios.load("blank")).read_text(encoding="utf-8")
    later = tmp_path / "later.yaml"
    opens = "    rule: online_group\n"
    later.write_text(text.replace(opens, opens + "    start: 180\n"), encoding="utf-8")
    mine = written(tmp_path, "--from", later, answers=lines(members=100))
    opens = [(r.start, r.end) for r in mine.policies["after"].rules if r.name == "online_group"]
    assert opens[0] == (0, 180) and opens[1][0] == 180
    assert next(r.end for r in mine.policies["before"].rules if r.name == "online_group") > 10_000


def test_no_more_members_than_use_a_smartphone(tmp_path):
    done = tell("new", "mine", "--out", tmp_path, answers=lines(
        people=1000, elder_share=40, literate_old=0, child_share=20, members=["900", "381", "380"]))  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("use a smartphone, and no more residents") == 2


def test_members_without_people_are_refused_in_the_file(tmp_path):
    mine = tmp_path / "mine.yaml"
    written(tmp_path, answers=lines(people=1000, members=100))
    mine.write_text(mine.read_text(encoding="utf-8").replace("{value: 100,", "{value: 1001,"), encoding="utf-8")
    with pytest.raises(UserError, match="1001 members of the group are more than the 1000"):
        scenarios.load(mine)


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("people", "many", '"many" is not a number. Give a number from 20 to 200,000'),
        ("people", "12", "12 is out of range. Give a number from 20 to 200,000"),
        ("people", "99.5", "whole number is needed"),
        ("people", "nan", "not a number"),
        ("people", "1e400", "not a number"),
        ("people", "9" * 400, "not a number"),
        ("people", "1,5", "not a number"),
        ("renter_share", "0.45", "looks like a fraction"),
        ("renter_share", "120", "from 0 to 95"),
        ("officials", "-3", "from 1 to 60"),
        ("officials", "2.5", "whole number is needed"),
        ("courtyards_per_compound", "0", "from 1 to 200"),
        ("projects_a_year", "0", "from 0.5 to 50"),
        ("members", "2401", "no more residents can be in the group"),
    ],
)
def test_an_impossible_answer_is_asked_again_with_what_is_allowed(tmp_path, name, typed, says):
    done = tell("new", "mine", "--out", tmp_path, answers=lines(**{name: [typed, ""]}))
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count(say(f"own.question.{name}")) == 2 and says in done.stderr
    assert OWN not in (tmp_path / "mine.yaml").read_text(encoding="utf-8").partition("\nid:")[2]


def test_what_is_allowed_is_told_in_chinese_too(tmp_path):
    answers = lines(people=["很多", ""], renter_share=["0.45", ""], officials=["2.5", ""], members=["1万", ""])
    done = tell("new", "mine", "--out", tmp_path, "--lang", "zh", answers=answers)
    assert done.exit_code == 0, done.stderr
    for said in ("“很多”不是数", "看起来是小数", "这里要整数", "1万 超出了范围。照前面的回答，会用智能手机的成年人"):
        assert said in done.stderr


@pytest.mark.parametrize(
    ("typed", "number"),
    [("2,308", 2308), ("2，308", 2308), ("２３０８", 2308), ("1.5万", 15000), (" 4万人 ", 40000), ("864户", 864)],
)
def test_numbers_as_people_write_them(typed, number):
    assert Question("people", "whole", 20, 200_000).read(typed) == number


@pytest.mark.parametrize(("typed", "share"), [("45", 0.45), ("45%", 0.45), ("４５％", 0.45), ("0.5%", 0.005), ("0", 0)])
def test_shares_are_asked_out_of_a_hundred(typed, share):
    assert Question("renter_share", "share", 0, 95).read(typed) == share


def test_households_allowed_depend_on_people():
    own = Own(scenarios.load("blank"))
    own.answer("people", 600)
    assert (own.question("households").low, own.question("households").high) == (100, 600)
    for wrong in ("99", "601"):
        with pytest.raises(UserError):
            own.question("households").read(wrong)


@pytest.mark.parametrize("people", [20, 21, 60, 200_000])
@pytest.mark.parametrize("where", ["low", "high"])
def test_every_allowed_answer_makes_a_scenario_that_loads(people, where):
    own = Own(scenarios.load("blank"))
    own.answer("people", people)
    for name in ASKED[1:]:
        own.answer(name, own.question(name).read(str(getattr(own.question(name), where))))
    assert "id: edge" in own.text("edge", "Edge")


@pytest.mark.parametrize("source", scenarios.available())
def test_every_shipped_scenario_can_be_the_template(source):
    own = Own(scenarios.load(source))
    for name, value in {"people": 1234, "households": 500, "renter_share": 0.2, "officials": 3}.items():
        own.answer(name, value)
    assert own.text("mine", "Mine").count(OWN) >= 4


def test_a_file_of_bare_numbers_can_be_the_template(tmp_path):
    bare = tmp_path / "bare.yaml"
    bare.write_text("id: bare\ntitle: {zh: 小院, en: Yard}\nstory: {zh: 一个小院子。, en: A yard.}\nburn_in: 30\n"
                    "scales:\n  yard: {people: 60, settings: {officials: 1}}\n"
                    "policies:\n  before: {title: {zh: 从前, en: Before}, rules: []}\n", encoding="utf-8")  # fmt: skip
    answers = lines(people=80, officials=2, doors_per_stairwell=4, projects_a_year=0)
    mine = written(tmp_path, "--from", bare, answers=answers)
    x = mine.settings().x
    assert (mine.scale().people, x.officials, x.projects_a_year) == (80, 2, 0) and list(mine.scales) == ["yard"]
    assert mine.structure["doors_per_stairwell"] == 4


def test_the_file_runs(tmp_path):
    written(tmp_path, answers=lines(people=100, members=3))
    done = tell("run", tmp_path / "mine.yaml", "--policy", "after", "--days", 3, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["people"] == 100


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_what_to_do_next(tmp_path, lang):
    done = tell("new", "mine", "--out", tmp_path, "--yes", "--lang", lang)
    commands = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("  commsim ")]
    assert [words[0] for words in commands] == ["show", "run", "compare"]
    for name, *rest in commands:
        context = cli.main.commands[name].make_context(name, rest)
        assert context.params["scenario"] == str(tmp_path / "mine.yaml")
    assert tell(*commands[0]).exit_code == 0


def test_json_goes_to_standard_output_and_questions_do_not(tmp_path):
    done = tell("new", "mine", "--out", tmp_path, "--json", answers=lines(people=500))
    told = json.loads(done.stdout)
    assert told["own"] == {"people": 500} and told["path"] == str(tmp_path / "mine.yaml") and told["from"] == "blank"
    assert told["next"][0].startswith("commsim show ") and told["policies"] == ["before", "after"]


# -- what is there already -------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "replaced"), [("y", True), ("是", True), ("n", False), ("", False), ("hm\nno", 0)])
def test_a_file_is_replaced_only_when_somebody_says_so(tmp_path, said, replaced):
    (tmp_path / "mine.yaml").write_text("mine since yesterday")
    done = tell("new", "mine", "--out", tmp_path, answers=f"{said}\n{lines()}")
    assert done.exit_code == 0, done.stderr
    assert ((tmp_path / "mine.yaml").read_text(encoding="utf-8") != "mine since yesterday") == replaced
    assert ("Nothing was written" in done.stdout) != replaced
    assert os.listdir(tmp_path) == ["mine.yaml"]


def test_yes_never_replaces_a_file(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine since yesterday")
    done = tell("new", "mine", "--out", tmp_path, "--yes")
    assert done.exit_code == 2 and "does not replace it" in done.stderr
    assert (tmp_path / "mine.yaml").read_text() == "mine since yesterday"


def test_answers_that_end_too_early_leave_nothing(tmp_path):
    done = tell("new", "mine", "--out", tmp_path, answers="A place\n500\n")
    assert done.exit_code == 2 and "Nothing was written" in done.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "commsim.cli", "new", "mine", "--out", str(tmp_path)]
    asking = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "COMMSIM_LANG": "en", "PYTHONUNBUFFERED": "1"})  # fmt: skip
    asking.stdin.write("A place\n500\n")
    asking.stdin.flush()
    seen = ""
    while "households" not in seen:
        seen += asking.stderr.read(1)
    asking.send_signal(signal.SIGINT)
    _, said = asking.communicate(timeout=60)
    assert asking.returncode == 130 and "Stopped, as you asked." in said and "Traceback" not in said
    assert os.listdir(tmp_path) == []


def test_answers_in_another_encoding_are_asked_again(tmp_path):
    typed = b"\xd0\xd2\xb8\xa3\n" + b"\xc8\xfd\xb0\xd9\n" + lines().encode()[1:]  # GBK
    done = subprocess.run([sys.executable, "-m", "commsim.cli", "new", "mine", "--out", str(tmp_path)], input=typed,
                          capture_output=True, env={**os.environ, "PYTHONUTF8": "1", "COMMSIM_LANG": "en"})  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert b"is not a number" in done.stderr and scenarios.load(tmp_path / "mine.yaml").scale().people == 2400


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["new"], "NAME is missing"),
        (["new", "a/b"], '"a/b" cannot be a name'),
        (["new", "我的社区"], "cannot be a name"),
        (["new", "mine", "--from", "jinyan"], 'Did you mean "jinyang"'),
        (["new", "mine", "--form", "blank"], 'Did you mean "--from"'),
        (["new", "mine", "--out", "no/such"], "folder no/such does not exist"),
    ],
)
def test_a_mistake_is_answered(args, says):
    done = tell(*args)
    assert done.exit_code == 2 and says in done.stderr and "Traceback" not in done.stderr
    assert re.search(r"[\u4e00-\u9fff]", tell(*args, "--lang", "zh").stderr)


def test_the_ending_may_be_typed_too(tmp_path):
    assert tell("new", "mine.yaml", "--out", tmp_path, "--yes").exit_code == 0
    assert os.listdir(tmp_path) == ["mine.yaml"]


def test_help_in_both_languages_with_examples():
    english, chinese = tell("new", "--help").stdout, tell("new", "--help", "--lang", "zh").stdout
    assert "Examples:" in english and "--from SCENARIO" in english and not re.search(r"[\u4e00-\u9fff]", english)
    assert "例子：" in chinese and "自填" in chinese
    assert "new" in tell("--help").stdout


def test_completion_offers_scenarios_to_start_from():
    typed = {"_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": "commsim new mine --from bl", "COMP_CWORD": "4"}
    done = subprocess.run([sys.executable, "-m", "commsim.cli"], capture_output=True, text=True,
                          env={**os.environ, **typed})  # fmt: skip
    assert "plain,blank" in done.stdout
