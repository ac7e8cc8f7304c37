"""The house: who may know whom.  Imports go down only, phases never meet, few know Mesa."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "commsim"

# Floors from the cellar up; a room may know its own floor's rooms only where it is one room.
FLOORS = [
    {"words", "shipped"},
    {"errors"},
    {"kernels"},
    {"draws", "clock", "columns"},
    {"state"},
    {"day", "rules", "measures"},
    {"population", "readings"},
    {"record"},
    {"engine"},
    {"scenarios", "special"},
    {"agents"},
    {"community"},
    {"chatlogs"},
    {"experiments"},
    {"show"},
    {"lessons"},
    {"curricula"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
HELPERS = {"plan", "serving", "willing", "seating", "face"}  # in day/: the order of the day, and what phases share
NEVER = {  # room: what it must not know although it stands above it
    "measures": {"state", "draws", "clock", "day", "rules"},
    "rules": {"day", "measures", "draws"},
    "day": {"rules", "measures"},
}


def files():
    return sorted(PACKAGE.rglob("*.py"))


def room_of(file):
    """First part of the path below the package: the name of a folder or of a file."""
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(file):
    """Dotted names that a file imports, anywhere in it, relative ones written out."""
    package = ["commsim", *file.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def known_rooms(file):
    """Rooms of commsim that a file imports from."""
    for name in imported(file):
        parts = name.split(".")
        if parts[0] == "commsim" and len(parts) > 1 and parts[1] in LEVEL:
            yield parts[1]


def test_every_room_has_its_floor():
    assert {room_of(file) for file in files()} - {"__init__"} <= set(LEVEL)


def test_imports_go_down_only():
    wrong = set()
    for file in files():
        mine = room_of(file)
        if mine != "__init__":
            wrong |= {f"{file.relative_to(PACKAGE)} imports {known}" for known in known_rooms(file)
                      if known != mine and LEVEL[known] >= LEVEL[mine]}  # fmt: skip
    assert wrong == set()


@pytest.mark.parametrize("room", NEVER)
def test_rooms_that_must_not_know_each_other(room):
    wrong = {f"{file.name} imports {known}" for file in files() if room_of(file) == room
             for known in known_rooms(file) if known in NEVER[room]}  # fmt: skip
    assert wrong == set()


def test_phases_never_import_each_other():
    phases = {file.stem for file in (PACKAGE / "day").glob("*.py")} - HELPERS - {"__init__"}
    assert len(phases) >= 8
    wrong = set()
    for file in (PACKAGE / "day").glob("*.py"):
        if file.stem == "plan":
            continue
        met = {name.split(".")[2] for name in imported(file) if name.startswith("commsim.day.")}
        wrong |= {f"{file.stem} imports {other}" for other in met & (phases | {"plan"})}
    assert wrong == set()


def test_a_phase_never_asks_which_rule_is_on():
    from commsim.rules import RULES

    for file in (PACKAGE / "day").glob("*.py"):
        words = {node.value for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
        # "vote", "notice" and "pre_screening" are also the names of stages of a project, "exposure" that of a draw
        assert not words & (set(RULES) - {"vote", "notice", "pre_screening", "exposure"}), file.name


def test_every_phase_of_the_plan_is_a_file_of_its_name():
    from commsim.day.plan import offline_day, whole_day

    for phase in [*whole_day(), *offline_day()]:
        assert phase.run.__name__ == phase.name and phase.run.__module__ == f"commsim.day.{phase.name}"
    assert {phase.name for phase in offline_day()} <= {phase.name for phase in whole_day()}


def test_only_the_community_knows_mesa():
    knows = {str(file.relative_to(PACKAGE)) for file in files()
             if any(name.split(".")[0] == "mesa" for name in imported(file))}  # fmt: skip
    assert knows <= {"community.py", "agents.py"}


def test_numpy_draws_nothing_and_neither_does_python():
    """All chance comes from keyed draws (resampling in statistics has a generator of its own)."""
    rooms = {"state", "day", "rules", "population", "engine", "record", "readings", "measures", "kernels",
             "clock", "draws"}  # fmt: skip
    for file in files():
        if room_of(file) in rooms:
            source = file.read_text(encoding="utf-8")
            assert "np.random" not in source and "numpy.random" not in source, file.name
            assert "random" not in {name.split(".")[0] for name in imported(file)}, file.name


def loaded_after(statement, *packages):
    """Which of ``packages`` a fresh process has loaded after ``statement``."""
    code = f"{statement}\nimport sys\nprint(*sorted({packages!r} & sys.modules.keys()))"
    code = code.replace(repr(packages), repr(set(packages)))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


HEAVY = ("numba", "mesa", "matplotlib", "pandas", "scipy", "networkx", "statsmodels", "numpy")


def test_importing_commsim_loads_nothing_heavy():
    assert loaded_after("import commsim", *HEAVY) == []


def test_reading_a_scenario_does_not_wait_for_numba():
    assert loaded_after("import commsim; commsim.load('jinyang')", "numba", "mesa", "matplotlib") == []


def test_workers_know_neither_mesa_nor_figures():
    modules = "import commsim.engine, commsim.experiments.worlds"
    assert loaded_after(modules, "mesa", "matplotlib", "pandas") == []


def test_a_name_that_is_not_public_is_an_ordinary_error():
    import commsim

    assert set(dir(commsim)) == set(commsim.__all__) >= {"load", "Community", "compare", "branch", "report"}
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = commsim.lode


@pytest.mark.parametrize("name", ["load", "scenarios", "Community", "branch", "compare", "report", "measures",
                                  "UserError"])  # fmt: skip
def test_every_public_name_is_there(name):
    import commsim

    assert getattr(commsim, name) is not None
