"""Path mapping, by OpenJD's own sessions: what a farm's worker does with a bundle."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest
from openjd import model
from openjd.sessions import ActionState, PathFormat, PathMappingRule, Session, SessionState

from ganfx.media.frames import write_picture

pytestmark = pytest.mark.slow


def test_paths_of_a_windows_workstation_are_mapped_on_the_node(
    ganfx: Callable[..., tuple[int, str, str]],
    style: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A job that was made where the plates are on drive Z: runs where they are on a mount."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    picture = np.random.default_rng(0).integers(0, 200, (32, 64, 3), dtype=np.uint8)
    for frame in range(1001, 1006):
        write_picture(tmp_path / "in put" / f"plate.{frame}.png", np.roll(picture, frame, axis=1))
    write_picture(tmp_path / "in put/ref.jpg", picture)
    write_picture(tmp_path / "mattes/m.png", np.full((32, 64, 3), 128, np.uint8))
    options = ("--style", style, "--grain", "0", "--matte", "mattes/m.png")
    bundle = ("--out", "farm", "--job", "job", "--chunk", 9)
    assert ganfx("farm", "openjd", "in put", *options, *bundle)[0] == 0
    there = {"Source": r"Z:\in put", "Out": r"Z:\farm", "Matte": r"Z:\mattes\m.png"}
    done = run_as_a_worker(Path("job"), there, {"Z:\\": Path.cwd()})
    assert done == ["plate.1001-1005#.png", "Files", "Verify", "Assemble"]

    alone = ("--precision", "float32", "--out", "whole")
    assert ganfx("stylize", "in put", *options, *alone)[0] == 0
    for path in Path("whole").glob("[!.]*"):
        assert path.read_bytes() == (Path("farm") / path.name).read_bytes()


def run_as_a_worker(job: Path, values: dict[str, str], mounts: dict[str, Path]) -> list[str]:
    """Run a bundle's tasks as a farm's worker does, with its path mapping: the steps done."""
    text = (job / "template.yaml").read_text(encoding="utf-8")
    document = model.document_string_to_object(document=text, document_type=model.DocumentType.YAML)
    template = model.decode_job_template(template=document, supported_extensions=["TASK_CHUNKING"])
    given = json.loads((job / "job.json").read_text(encoding="utf-8")) | values
    kinds = {each.name: each.type.value for each in template.parameterDefinitions}
    parameters = {
        name: model.ParameterValue(type=model.ParameterValueType(kinds[name]), value=str(value))
        for name, value in given.items()
    }
    rules = [
        PathMappingRule(
            source_path_format=PathFormat.WINDOWS,
            source_path=PureWindowsPath(drive),
            destination_path=folder,
        )
        for drive, folder in mounts.items()
    ]
    made = model.create_job(job_template=template, job_parameter_values=parameters)
    done = []
    for step in made.steps:
        space = step.parameterSpace
        for task in model.StepParameterSpaceIterator(space=space) if space else [{}]:
            session = Session(
                session_id="worker", job_parameter_values=parameters, path_mapping_rules=rules
            )
            session.run_task(step_script=step.script, task_parameter_values=task)
            while session.state is SessionState.RUNNING:
                time.sleep(0.05)
            session.cleanup()
            assert session.action_status.state is ActionState.SUCCESS, (step.name, task)
        done.append(step.name)
    return done
