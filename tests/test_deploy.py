"""What a studio installs from: as far as that can be told without Docker and rez."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ganfx import __version__

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "examples" / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def steps(word: str) -> list[str]:
    """The arguments of every step of one kind, with lines that go on joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{word} (.+)$", joined, re.MULTILINE)


def test_the_image_is_made_of_files_that_are_there():
    copied = [step.split()[:-1] for step in steps("COPY") if not step.startswith("--from")]
    names = {name for each in copied for name in each}
    assert {"pyproject.toml", "ganfx", "presets"} <= names
    assert all((ROOT / name).exists() for name in names)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert set(wheel["targets"]["wheel"]["force-include"]) <= names


def test_the_image_runs_the_command_as_nobody_in_particular():
    assert steps("ENTRYPOINT") == ['["ganfx"]']
    assert steps("USER") == ["ganfx"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (extras,) = [step.removeprefix("EXTRAS=") for step in steps("ARG") if "EXTRAS" in step]
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    python = next(step.removeprefix("PYTHON=") for step in steps("ARG") if "PYTHON" in step)
    least = project["requires-python"].removeprefix(">=")
    assert [int(n) for n in python.split(".")] >= [int(n) for n in least.split(".")]


def has_docker() -> bool:
    """Whether there is a client, and a daemon behind it."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not has_docker(), reason="there is no Docker that builds here")
def test_the_image_can_be_built():
    command = ["docker", "build", "-q", "-f", str(DEPLOY / "Dockerfile"), str(ROOT)]
    image = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    run = ["docker", "run", "--rm", image, "--version"]
    said = subprocess.run(run, check=True, capture_output=True)
    assert __version__ in said.stdout.decode()


class Variable:
    """As rez has them."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def append(self, part: str) -> None:
        self.parts.append(part)


def test_the_rez_package_is_this_version_and_leads_to_it():
    env = SimpleNamespace(PYTHONPATH=Variable(), PATH=Variable())
    package: dict[str, Any] = {"env": env}
    exec(compile((DEPLOY / "package.py").read_text(), "package.py", "exec"), package)
    assert package["version"] == __version__
    package["commands"]()
    assert env.PYTHONPATH.parts == ["{root}/python"]
    assert env.PATH.parts == ["{root}/bin"]
    assert "{root}/../.." in package["build_command"]
    assert (DEPLOY / "ganfx").stat().st_mode & 0o111
