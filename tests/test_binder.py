"""What Binder builds: repo2docker understands the folder, versions are exact, and compiling is for every processor."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
# Where repo2docker lives in an environment of its own:
# python -m venv r2d; r2d/bin/pip install jupyter-repo2docker; REPO2DOCKER=r2d/bin/jupyter-repo2docker make test
REPO2DOCKER = os.environ.get("REPO2DOCKER") or shutil.which("jupyter-repo2docker")


def lines(name):
    text = (BINDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def plain(name):
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins():
    found = dict(re.fullmatch(r"([A-Za-z0-9._-]+)==([^\s;=*]+)", line).groups() for line in lines("requirements.txt"))
    return {plain(name): version for name, version in found.items()}


def test_every_version_is_exact_and_from_the_index():
    assert len(pins()) == len(lines("requirements.txt")) > 50


def test_everything_that_lessons_need_is_pinned_within_our_limits():
    requirement = pytest.importorskip("packaging.requirements").Requirement
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["lab"],
              *project["build-system"]["requires"]]  # fmt: skip
    for wish in map(requirement, wanted):
        assert wish.specifier.contains(pins()[plain(wish.name)]), wish


def test_python_is_one_that_we_support():
    from packaging.specifiers import SpecifierSet

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (runtime,) = lines("runtime.txt")
    assert SpecifierSet(project["requires-python"]).contains(runtime.removeprefix("python-") + ".0")


def test_a_chinese_font_is_installed():
    assert "fonts-wqy-microhei" in lines("apt.txt")


@pytest.mark.skipif(os.name != "posix", reason="shell scripts")
@pytest.mark.parametrize("name", ["postBuild", "start", "check"])
def test_scripts_run_and_stop_at_the_first_mistake(name):
    script = BINDER / name
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    if name != "start":
        assert "set -euo pipefail" in script.read_text()


@pytest.mark.skipif(os.name != "posix", reason="shell scripts")
def test_the_image_and_the_session_compile_for_the_same_processor():
    told = subprocess.run([BINDER / "start", "printenv", "NUMBA_CPU_NAME"], capture_output=True, text=True).stdout
    assert told.strip() == "generic"
    assert f"export NUMBA_CPU_NAME={told.strip()}\n" in (BINDER / "postBuild").read_text()


@pytest.mark.skipif(os.name != "posix", reason="shell scripts")
def test_start_hands_on_command_and_exit_code():
    program = "import sys; print(sys.argv[1:]); sys.exit(3)"
    told = subprocess.run([BINDER / "start", sys.executable, "-c", program, "a b"], capture_output=True, text=True)
    assert (told.returncode, told.stdout.strip()) == (3, "['a b']")


@pytest.mark.skipif(not REPO2DOCKER, reason="jupyter-repo2docker is not installed (REPO2DOCKER names it)")
def test_repo2docker_makes_a_dockerfile_of_it():
    told = subprocess.run([REPO2DOCKER, "--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan", ROOT],
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    said = told.stdout + told.stderr
    assert told.returncode == 0, said[-2000:]
    for step in ("conda environment for python=3.12", "--no-install-recommends fontconfig fonts-wqy-microhei",
                 'pip install --no-cache-dir -r "binder/requirements.txt"', "RUN ./binder/postBuild",
                 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"'):  # fmt: skip
        assert step in said, step
