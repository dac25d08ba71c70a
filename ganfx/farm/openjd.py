"""Job bundles of Open Job Description, for AWS Deadline Cloud and other schedulers.

Specification ``jobtemplate-2023-09`` with TASK_CHUNKING: the scheduler splits each sequence into
chunks of consecutive frames. Steps: stylise each shot, then Verify that all frames are complete
and made by the same style, then Assemble a contact sheet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from ganfx.errors import UsageError
from ganfx.farm import CHUNK
from ganfx.farm.job import PATH_OPTIONS, FarmJob, Footage, write_scripts

VERSION = "jobtemplate-2023-09"
EXTENSIONS = ("TASK_CHUNKING",)
MOST_STEPS = 90
"""Maximum number of shot steps of a template: the specification allows 100 steps in all."""
MOST_FILES = 1000
"""Maximum number of stills and videos of a step: the specification allows 1,024 values."""
PATHS = {option: option.removeprefix("--").capitalize() for option in PATH_OPTIONS}
"""Job parameters, such as ``Matte``, of options whose value may be an absolute path: the
scheduler maps paths from machine to machine."""
GRACE = 60
"""Seconds between a request to stop and termination, in which the current frame is finished."""

Part = dict[str, Any]


def write_bundle(job: FarmJob, folder: Path, *, chunk: int) -> list[Path]:
    """Write the files of a job bundle.

    Args:
        job: The job.
        folder: Folder of the bundle, created if missing.
        chunk: Default frames of a task; the scheduler may change it.

    Returns:
        ``template.yaml``; ``parameter_values.yaml`` and ``asset_references.yaml`` for Deadline
        Cloud; ``job.json`` for ``openjd run -p file://job.json``.

    Raises:
        UsageError: There are more shots than a template may have steps, or ``chunk`` is less
            than 1, or files of these names are there that are of no job.
        MediaError, OSError: The folder cannot be written.
    """
    values = parameters(job, chunk)
    listed = [{"name": name, "value": value} for name, value in values.items()]
    references = {"inputs": _inputs(job), "outputs": {"directories": [str(job.out)]}}
    texts = {
        "template.yaml": _yaml(template(job)),
        "parameter_values.yaml": _yaml({"parameterValues": listed}),
        "asset_references.yaml": _yaml({"assetReferences": references}),
        "job.json": json.dumps(values, indent=2) + "\n",
    }
    return write_scripts(folder, texts)


def _inputs(job: FarmJob) -> Part:
    """Asset references: folders and files that nodes read."""
    folders, files = [str(job.source)], []
    if Path(job.style).is_absolute():
        files.append(job.style)
    for path in _paths(job).values():
        if Path(path).is_file():
            files.append(path)
        else:  # a sequence of mattes is all of its folder
            folders.append(path if Path(path).is_dir() else str(Path(path).parent))
    return {"directories": folders, "filenames": files}


def _paths(job: FarmJob) -> dict[str, str]:
    """Path parameters of the job's arguments, by name."""
    return {
        PATHS[option]: value
        for option, value in pairwise(job.arguments)
        if option in PATHS and Path(value).is_absolute()
    }


def parameters(job: FarmJob, chunk: int) -> dict[str, str | int]:
    """Values of the job's parameters, by name.

    Raises:
        UsageError: ``chunk`` is less than 1.
    """
    if chunk < 1:
        raise UsageError(f"--chunk {chunk}: expected at least 1")
    return {
        "Source": str(job.source),
        "Out": str(job.out),
        "Style": job.style,
        "Expect": job.expect,
        "ChunkSize": chunk,
        **_paths(job),
    }


def template(job: FarmJob) -> Part:
    """The job template, as plain YAML values.

    Raises:
        UsageError: There are more shots than a template may have steps.
    """
    mapped = _in_parameters(job)
    steps = [*_sequence_steps(mapped), *_file_steps(mapped)]
    if len(steps) > MOST_STEPS:
        raise UsageError(
            f"{len(steps)} shots are more than a job's {MOST_STEPS} steps",
            hint="make a job for each folder of shots",
        )
    stylized = [{"dependsOn": step["name"]} for step in steps]
    source = _below("{{Param.Source}}", job.within)
    verify = _step("Verify", mapped.verification(source, "{{Param.Out}}"), stylized)
    sheet = ["assemble", "{{Param.Out}}", "--sheet", "{{Param.Out}}/contact-sheet.jpg"]
    assemble = _step("Assemble", sheet, [{"dependsOn": "Verify"}])
    return {
        "specificationVersion": VERSION,
        "extensions": list(EXTENSIONS),
        "name": f"ganfx {job.name}"[:128],
        "description": f"{job.frames} frames and {len(job.files)} files in a look.",
        "parameterDefinitions": _definitions(job),
        "steps": [*steps, verify, assemble],
    }


def _definitions(job: FarmJob) -> list[Part]:
    style: Part = {"name": "Style", "type": "STRING"}
    if Path(job.style).is_absolute():
        style = {"name": "Style", "type": "PATH", "objectType": "FILE", "dataFlow": "IN"}
    return [
        {"name": "Source", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "IN"},
        {"name": "Out", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "OUT"},
        style,
        {"name": "Expect", "type": "STRING", "description": "Of the style and ganfx's version."},
        {"name": "ChunkSize", "type": "INT", "minValue": 1, "default": CHUNK},
        *({"name": name, "type": "PATH", "dataFlow": "NONE"} for name in _paths(job)),
    ]


def _sequence_steps(job: FarmJob) -> Iterator[Part]:
    names = _step_names([footage.name for footage in job.sequences])
    for name, footage in zip(names, job.sequences, strict=True):
        space = {"taskParameterDefinitions": [_frames(footage)]}
        source = _below("{{Param.Source}}", footage.pattern)
        options = job.options(_below("{{Param.Out}}", footage.folder))
        frames = ["--frames", "{{Task.Param.Frames}}"]
        arguments = ["stylize", source, *frames, *options, "--progress", "openjd"]
        yield _step(name, arguments, space=space)


def _frames(footage: Footage) -> Part:
    return {
        "name": "Frames",
        "type": "CHUNK[INT]",
        "range": footage.range.replace("x", ":"),  # steps, in the words of the specification
        "chunks": {
            "defaultTaskCount": "{{Param.ChunkSize}}",
            "targetRuntimeSeconds": 0,
            "rangeConstraint": "CONTIGUOUS",  # each chunk reads its handles but once
        },
    }


def _file_steps(job: FarmJob) -> Iterator[Part]:
    """Steps of stills and videos, a task each, by the folder of their results."""
    for folder in dict.fromkeys(folder for _, folder in job.files):
        files = [file for file, where in job.files if where == folder]
        parts = [files[i : i + MOST_FILES] for i in range(0, len(files), MOST_FILES)]
        for number, part in enumerate(parts, start=1):
            name = _step_names([f"{folder or 'files'} {number}" if len(parts) > 1 else folder])[0]
            space = {
                "taskParameterDefinitions": [{"name": "File", "type": "STRING", "range": part}]
            }
            source = "{{Param.Source}}/{{Task.Param.File}}"
            options = job.options(_below("{{Param.Out}}", folder))
            arguments = ["stylize", source, *options, "--progress", "openjd"]
            yield _step(f"Files {name}".strip(), arguments, space=space)


def _in_parameters(job: FarmJob) -> FarmJob:
    """The job with references to the template's parameters in place of their values."""
    mapped = {value: f"{{{{Param.{name}}}}}" for name, value in _paths(job).items()}
    words = tuple(mapped.get(argument) or _literal(argument) for argument in job.arguments)
    return replace(job, style="{{Param.Style}}", expect="{{Param.Expect}}", arguments=words)


def _below(folder: str, name: str) -> str:
    return f"{folder}/{_literal(name)}" if name else folder


def _literal(argument: str) -> str:
    """Refuse opening double braces: they are format strings in a template, without an escape."""
    if "{{" in argument:
        raise UsageError(f"{argument}: a job template cannot hold two opening braces")
    return argument


def _step(
    name: str, arguments: list[str], dependencies: Sequence[Part] = (), *, space: Part | None = None
) -> Part:
    run = {
        "command": "ganfx",
        "args": arguments,
        "cancelation": {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": GRACE},
    }
    step: Part = {"name": name}
    if dependencies:
        step["dependencies"] = list(dependencies)
    if space:
        step["parameterSpace"] = space
    return step | {"script": {"actions": {"onRun": run}}}


def _step_names(names: Sequence[str]) -> list[str]:
    """Short unique names of steps."""
    made: dict[str, None] = {}
    for name in names:
        short = name.replace("{{", "((")[-56:]
        taken = sum(each == short or each.startswith(f"{short} ~") for each in made)
        made[f"{short} ~{taken + 1}" if taken else short] = None
    return list(made)


def _yaml(values: Part) -> str:
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100))
