"""Job bundles, by OpenJD's own library."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from openjd import model

from ganfx.errors import UsageError
from ganfx.farm.job import FarmJob, Footage
from ganfx.farm.local import TaskDone, _reason, local_chunk, run_bundle
from ganfx.farm.openjd import template, write_bundle

PATHS = ("Source", "Out", "Matte", "Cuts")


def make_job(tmp_path: Path, **changes) -> FarmJob:
    values = {
        "name": "shots",
        "source": tmp_path / "in",
        "out": tmp_path / "out",
        "style": "noir",
        "mixed": False,
        "expect": "0.1.0-abc",
        "arguments": ("--grain", "0.0"),
        "sequences": (
            Footage(
                "sh010/plate.1001-1012#.exr", "sh010/plate.#.exr", "sh010", tuple(range(1001, 1013))
            ),
            Footage("sh020/plate.1-7#.exr", "sh020/plate.#.exr", "sh020", (1, 2, 3, 6, 7)),
        ),
        "files": (("ref/a [1].png", "ref"), ("cut.mov", "")),
    }
    return FarmJob(**{**values, **changes})


def tasks(folder: Path) -> dict[str, list[dict[str, str]]]:
    from ganfx.farm.local import _steps

    return dict(_steps(folder))


def test_a_bundle_is_valid_and_its_tasks_are_all_frames(tmp_path):
    (tmp_path / "in").mkdir()
    write_bundle(make_job(tmp_path), tmp_path / "job", chunk=5)
    assert tasks(tmp_path / "job") == {
        "sh010/plate.1001-1012#.exr": [
            {"Frames": "1001-1004"}, {"Frames": "1005-1008"}, {"Frames": "1009-1012"},
        ],
        "sh020/plate.1-7#.exr": [{"Frames": "1-3"}, {"Frames": "6-7"}],
        "Files ref": [{"File": "ref/a [1].png"}],
        "Files": [{"File": "cut.mov"}],
        "Verify": [{}],
        "Assemble": [{}],
    }  # fmt: skip


def test_a_task_is_one_command_with_its_own_output(tmp_path):
    steps = {step["name"]: step for step in template(make_job(tmp_path))["steps"]}
    run = steps["sh020/plate.1-7#.exr"]["script"]["actions"]["onRun"]
    assert " ".join([run["command"], *run["args"]]) == (
        "ganfx stylize {{Param.Source}}/sh020/plate.#.exr --frames {{Task.Param.Frames}}"
        " --style {{Param.Style}} --expect {{Param.Expect}} --out {{Param.Out}}/sh020"
        " --grain 0.0 --progress openjd"
    )
    assert [each["dependsOn"] for each in steps["Verify"]["dependencies"]] == [*steps][:-2]
    assert steps["Assemble"]["dependencies"] == [{"dependsOn": "Verify"}]


def test_paths_among_the_options_are_parameters_so_that_they_are_mapped(tmp_path):
    (tmp_path / "mattes").mkdir()
    (tmp_path / "cuts.txt").touch()
    matte, cuts = tmp_path / "mattes/m.####.png", tmp_path / "cuts.txt"
    words = ("--matte", str(matte), "--flow", "channel:u,v", "--cuts", str(cuts), "--grain", "0.1")
    job = make_job(tmp_path, arguments=words)
    write_bundle(job, tmp_path / "job", chunk=8)
    made = yaml.safe_load((tmp_path / "job/template.yaml").read_text())
    assert " ".join(made["steps"][0]["script"]["actions"]["onRun"]["args"]).endswith(
        "/sh010 --matte {{Param.Matte}} --flow channel:u,v --cuts {{Param.Cuts}} --grain 0.1"
        " --progress openjd"
    )
    values = json.loads((tmp_path / "job/job.json").read_text())
    assert (values["Matte"], values["Cuts"]) == (str(matte), str(cuts))
    assert {each["type"] for each in made["parameterDefinitions"] if each["name"] in PATHS} == {
        "PATH"
    }
    references = yaml.safe_load((tmp_path / "job/asset_references.yaml").read_text())
    inputs = references["assetReferences"]["inputs"]
    assert inputs["directories"] == [str(tmp_path / "in"), str(tmp_path / "mattes")]
    assert inputs["filenames"] == [str(cuts)]


def test_deadline_and_openjd_read_the_same_values(tmp_path):
    write_bundle(make_job(tmp_path), tmp_path / "job", chunk=8)
    flat = json.loads((tmp_path / "job/job.json").read_text())
    listed = yaml.safe_load((tmp_path / "job/parameter_values.yaml").read_text())
    assert {each["name"]: each["value"] for each in listed["parameterValues"]} == flat
    assert flat["ChunkSize"] == 8
    assets = yaml.safe_load((tmp_path / "job/asset_references.yaml").read_text())
    assert assets["assetReferences"] == {
        "inputs": {"directories": [str(tmp_path / "in")], "filenames": []},
        "outputs": {"directories": [str(tmp_path / "out")]},
    }


def test_a_style_file_travels_with_the_job(tmp_path):
    style = str(tmp_path / "mine.safetensors")
    made = make_job(tmp_path, style=style)
    write_bundle(made, tmp_path / "job", chunk=8)
    assets = yaml.safe_load((tmp_path / "job/asset_references.yaml").read_text())
    assert assets["assetReferences"]["inputs"]["filenames"] == [style]
    (defined,) = (d for d in template(made)["parameterDefinitions"] if d["name"] == "Style")
    assert (defined["type"], defined["dataFlow"]) == ("PATH", "IN")


def test_a_mix_is_a_mix_on_the_farm(tmp_path):
    step = template(make_job(tmp_path, style="noir:0.5,engraving:0.5", mixed=True))["steps"][0]
    arguments = step["script"]["actions"]["onRun"]["args"]
    assert arguments[arguments.index("{{Param.Style}}") - 1] == "--mix"


def test_shots_of_one_name_are_steps_of_their_own(tmp_path):
    footage = Footage("x" * 80, "a.#.exr", "", (1, 2))
    names = [s["name"] for s in template(make_job(tmp_path, sequences=(footage,) * 3))["steps"]]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 64 for name in names)


def test_what_a_template_cannot_hold_is_refused(tmp_path):
    footage = Footage("a", "a.#.exr", "", (1, 2))
    with pytest.raises(UsageError, match="101 shots are more than a job's 90 steps"):
        template(make_job(tmp_path, sequences=(footage,) * 99))
    with pytest.raises(UsageError, match="two opening braces"):
        template(make_job(tmp_path, arguments=("--matte", "{{a}}.png")))
    with pytest.raises(UsageError, match="--chunk 0"):
        write_bundle(make_job(tmp_path), tmp_path / "job", chunk=0)


def test_a_hundred_thousand_frames_are_a_small_template(tmp_path):
    (tmp_path / "in").mkdir()
    footage = Footage("long", "a.#.exr", "", tuple(range(1, 100_001)))
    write_bundle(make_job(tmp_path, sequences=(footage,)), tmp_path / "job", chunk=50)
    assert (tmp_path / "job/template.yaml").stat().st_size < 10_000
    decoded = model.decode_job_template(
        template=yaml.safe_load((tmp_path / "job/template.yaml").read_text()),
        supported_extensions=["TASK_CHUNKING"],
    )
    assert decoded.name == "ganfx shots"


def test_a_template_that_was_edited_wrongly_is_told(tmp_path):
    write_bundle(make_job(tmp_path), tmp_path / "job", chunk=8)
    edited = (tmp_path / "job/template.yaml").read_text().replace("CONTIGUOUS", "NEAR")
    (tmp_path / "job/template.yaml").write_text(edited)
    with pytest.raises(UsageError, match="not a job that can be run"):
        list(run_bundle(tmp_path / "job", processes=2))


def test_a_task_that_fails_ends_the_job(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    write_bundle(make_job(tmp_path), tmp_path / "job", chunk=4)
    monkeypatch.setattr(
        "ganfx.farm.local._task_run",
        lambda folder, step, task, _: "no space" if task.get("Frames") == "1005-1008" else "",
    )
    seen: list[TaskDone] = []
    with pytest.raises(Exception, match=r"sh010/plate.* 1005-1008 failed:\nno space"):
        seen.extend(iter_into(seen, run_bundle(tmp_path / "job", processes=1)))
    assert [(done.task, done.error) for done in seen] == [
        ("1001-1004", ""), ("1005-1008", "no space"),
    ]  # fmt: skip
    assert seen[-1].total == 3 + 2 + 2 + 2


def iter_into(seen, events):
    for event in events:
        seen.append(event)
    return []


@pytest.mark.parametrize(
    ("lengths", "processes", "chunk"),
    [
        ((120,), 2, 60),  # one shot: a part for each process
        ((121,), 2, 61),
        ((40, 40, 40), 2, 30),  # several: no part is more than a quarter of the job
        ((3,), 8, 1),
        ((), 2, 1),  # stills only
    ],
)
def test_this_machine_cuts_shots_by_its_processes(tmp_path, lengths, processes, chunk):
    shots = tuple(
        Footage(f"s{i}", f"s{i}.#.exr", "", tuple(range(n))) for i, n in enumerate(lengths)
    )
    assert local_chunk(make_job(tmp_path, sequences=shots), processes) == chunk


def test_processes_share_the_cores_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    seen = []

    def run(command, *, env, **_):
        seen.append(env["OMP_NUM_THREADS"])
        return subprocess.CompletedProcess(command, 0, "", "")

    (tmp_path / "in").mkdir()
    write_bundle(make_job(tmp_path), tmp_path / "job", chunk=50)
    monkeypatch.setattr("subprocess.run", run)
    list(run_bundle(tmp_path / "job", processes=3))
    assert set(seen) == {"2"}

    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    list(run_bundle(tmp_path / "job", processes=3))
    assert seen[-1] == "5"


def test_verify_asks_for_no_more_than_the_job_does(tmp_path):
    def verified(**changes: object) -> list[str]:
        steps = {step["name"]: step for step in template(make_job(tmp_path, **changes))["steps"]}
        words = steps["Verify"]["script"]["actions"]["onRun"]["args"]
        return words[1 : words.index("--style")]

    assert verified() == ["{{Param.Source}}"]
    assert verified(only="1001-1003") == ["{{Param.Source}}", "--frames", "1001-1003"]
    assert verified(within="p.1-9#.png") == ["{{Param.Source}}/p.1-9#.png"]
    with pytest.raises(UsageError, match="two opening braces"):
        verified(within="{{p}}.#.png")


def test_a_failed_task_tells_what_it_said_itself():
    lines = [
        "0:00:00.001973\tPhase: Running action",
        "0:00:00.005795\tOutput:",
        "0:00:06.178704\topenjd_status: noir on CPU, 2 threads",
        "0:00:06.188722\terror: 1 frame failed, and none is done",
        "0:00:06.188867\t  in/a.png: hit end of file",
        "0:00:07.932874\tProcess pid 6179 exited with code: 1 (unsigned) / 0x1 (hex)",
        "0:00:07.933489\tOpen Job Description CLI: ERROR executing action",
        "Session ended with errors; see Task logs for details",
    ]
    assert _reason(lines) == "error: 1 frame failed, and none is done\n  in/a.png: hit end of file"
    lines[2:5] = ["0:00:06.188722\t/tmp/x.sh: line 1: ganfx: command not found"]
    assert _reason(lines) == "/tmp/x.sh: line 1: ganfx: command not found"
    assert _reason(["no session", "at all"]) == "no session\nat all"


@pytest.mark.parametrize("name", ["template.yaml", "job.json"])
def test_files_of_somebody_else_are_left_alone(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    (folder / name).write_text("mine")

    with pytest.raises(UsageError, match=f"{name} is there, and is of no job"):
        write_bundle(make_job(tmp_path), folder, chunk=4)
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_text() == "mine"


def test_a_job_is_written_over_by_the_next(tmp_path: Path) -> None:
    first = write_bundle(make_job(tmp_path), tmp_path / "job", chunk=4)

    assert write_bundle(make_job(tmp_path), tmp_path / "job", chunk=6) == first
