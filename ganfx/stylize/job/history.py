"""What is known of a finished file, by its record or by itself, and what became of its inputs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ganfx import __version__
from ganfx.errors import GanfxError, UsageError
from ganfx.media.content_credentials import read_credential
from ganfx.media.frame_fingerprint import read_fingerprint, read_origin
from ganfx.media.ocio_configs import config_hash
from ganfx.option import declared, name_of
from ganfx.styles.library import find_style
from ganfx.stylize.job.manifest import MANIFEST, Manifest, Record, file_hash
from ganfx.stylize.options import Options

State = Literal["as it was", "changed", "gone"]
What = Literal["source", "neighbor", "style", "painting", "file", "configuration"]


@dataclass(frozen=True)
class Input:
    """A file that a finished one was made from."""

    what: What
    path: Path | str
    """Or the address of a configuration of OpenColorIO's own."""
    sha256: str
    """When it was used; of neighbors, the first digits."""
    state: State
    """Now."""


@dataclass(frozen=True)
class History:
    """What is known of a finished file."""

    file: Path
    by: Literal["record", "file"]
    """Who says so: the folder's record, or the file's own attribute, which has no paths."""
    fingerprint: str
    origin: dict[str, Any]
    """Of `ganfx.stylize.job.origin`; empty in records of earlier versions."""
    settings: dict[str, Any]
    """Look and options in words, where the record has no origin."""
    record: Record | None = None

    @property
    def is_as_written(self) -> bool | None:
        """Whether the file has the bytes that were written; None where that is not on record."""
        return None if self.record is None else file_hash(self.file) == self.record.sha256

    @property
    def options(self) -> dict[str, Any]:
        """Options that are not the default, by field."""
        found = self.origin.get("options", self.settings)
        return {name: value for name, value in found.items() if name != "look"}

    @property
    def look(self) -> str:
        """``noir``, or ``noir:0.6,engraving:0.4``."""
        styles = self.origin.get("styles", [])
        if not styles:
            return str(self.settings.get("look", ""))
        shares = [f"{each['name']}:{each['share']:g}" for each in styles]
        return str(styles[0]["name"]) if len(styles) == 1 else ",".join(shares)

    def place(self, relative: str) -> Path:
        """A path of the origin, which is relative to the file's folder."""
        return Path(os.path.normpath(self.file.absolute().parent / relative))

    def found(self, path: str) -> str:
        """Where an absolute path of the origin, or a notation of one, is now.

        Where it lies as it lay from the file, if anything is there: a project moves as a whole.
        Else where it was.
        """
        relative = self.origin.get("places", {}).get(path)
        near = None if relative is None else self.place(relative)
        return path if near is None or not _is_there(near) else str(near)


def _is_there(path: Path) -> bool:
    """Whether a path, or a notation of frames, has a file."""
    numbered = any(mark in path.name for mark in "#@%*?[")
    return path.exists() or (numbered and path.parent.is_dir())


def history_of(file: Path) -> History:
    """Find out what is known of a finished file.

    Args:
        file: A picture or a video that ganfx wrote.

    Raises:
        UsageError: It is not there, or nothing is known of it.
    """
    if file.is_dir():
        raise UsageError(f"{file} is a folder", hint="give one finished picture or video of it")
    if not file.is_file():
        raise UsageError(f"no such file: {file}", hint="give one finished picture or video")
    record = Manifest(file.absolute().parent).record_of(file)
    if record is not None:
        settings = record.settings or {}
        return History(file, "record", record.fingerprint, record.origin or {}, settings, record)
    fingerprint, note = read_fingerprint(file), read_origin(file)
    if not fingerprint:
        raise UsageError(
            f"nothing is known of {file}: it says nothing, and {file.parent / MANIFEST} has no"
            " record of it",
            hint="only what ganfx wrote can be asked; records stay in the folder they were"
            " written in",
        )
    return History(file, "file", fingerprint, _parsed(note), {})


def _parsed(note: str) -> dict[str, Any]:
    try:
        found = json.loads(note or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def inputs_of(history: History) -> Iterator[Input]:
    """Every input on record, and what became of it.

    What a file says of itself has no paths: its source is not looked for.
    """
    origin = history.origin
    for style in (*origin.get("styles", ()), *origin.get("regions", ())):
        path = _style_path(history, style)
        yield _input("style", path, style["sha256"])
    source = origin.get("source")
    if history.by == "file" or not source:
        return
    path = history.place(source["file"])
    yield _input("source", path, source["sha256"])
    for name, digits in origin.get("neighbors", {}).items():
        neighbor = Path(os.path.normpath(path.parent / name))
        if neighbor != path:
            yield _input("neighbor", neighbor, digits)
    for name, digits in _set(origin).items():
        yield _input("neighbor", Path(os.path.normpath(path.parent / name)), digits)
    for key in origin.get("painted", ()):
        yield _input("painting", history.place(key["picture"]), key["sha256"])
        yield _input("neighbor", history.place(key["plate"]), key["plate_sha256"])
    for name, digits in origin.get("files", {}).items():
        yield _input("file", Path(history.found(name)), digits)
    if "ocio" in origin:
        config = history.found(origin["ocio"]["config"])
        yield _configuration({**origin["ocio"], "config": config})


def _set(origin: dict[str, Any]) -> dict[str, str]:
    """Other files of a tile's or a face's picture, with hashes; earlier records have none."""
    beside = origin.get("beside", {})
    return beside if isinstance(beside, dict) else {}


def _style_path(history: History, style: dict[str, Any]) -> Path:
    """Where a style is now: where it was, by either path, else where its name leads."""
    known = [history.place(style["file"]), Path(style["path"])] if "path" in style else []
    for there in known:
        if there.is_file():
            return there
    try:
        return find_style(style["name"])
    except GanfxError:
        return known[-1] if known else Path(f"{style['name']}.safetensors")


def _input(what: What, path: Path, recorded: str) -> Input:
    if not path.is_file():
        return Input(what, path, recorded, "gone")
    same = file_hash(path).startswith(recorded) if recorded else False
    return Input(what, path, recorded, "as it was" if same else "changed")


def _configuration(ocio: dict[str, str]) -> Input:
    path = ocio["config"]
    if not path.startswith("ocio:"):
        return _input("configuration", Path(path), ocio["sha256"])
    try:
        same = config_hash(path) == ocio["sha256"]
    except GanfxError:
        return Input("configuration", path, ocio["sha256"], "gone")
    return Input("configuration", path, ocio["sha256"], "as it was" if same else "changed")


def facts_of(history: History) -> Iterator[tuple[str, str]]:
    """What is known, in words: a name and what is to be said each."""
    origin, inputs = history.origin, list(inputs_of(history))
    yield "file", f"{history.file}, {_wholeness(history)}"
    if origin.get("copied"):
        yield "made", "as a copy: it holds no color"
    else:
        yield "look", history.look or "not on record"
    yield from _versions(history)
    if not origin.get("copied"):
        yield "options", " ".join(_typed(history.options)) or "all as they are by default"
    yield from _places(history, inputs)
    if "ocio" in origin:
        yield "color", f"{origin['ocio']['name']} {origin['ocio']['sha256'][:12]}"
    if "arithmetic" in origin:
        yield "computed", ", ".join(_arithmetic(origin["arithmetic"]))
    if credential := _credential(history):
        yield "signed", credential
    yield "by", "the folder's record" if history.by == "record" else "the file itself"
    yield "fingerprint", history.fingerprint


def _wholeness(history: History) -> str:
    known = {None: "without a record", True: "as it was written", False: "changed since"}
    return known[history.is_as_written]


def _credential(history: History) -> str:
    """The content credential of the file, checked where c2pa-python is installed."""
    if "credentials" not in history.origin and history.by == "record":
        return ""
    try:
        found = read_credential(history.file)
    except UsageError as error:
        return error.message if "credentials" in history.origin else ""
    if found is None:
        return (
            "no credential, its digital source type alone"
            if "credentials" in history.origin
            else ""
        )
    return f"by {found['signer']}, {found['state'].lower()}"


def _versions(history: History) -> Iterator[tuple[str, str]]:
    version = history.origin.get("ganfx", "")
    if not version:
        yield "version", "an earlier one, which recorded no origin"
        return
    yield (
        "version",
        f"ganfx {version}" + ("" if version == __version__ else f", here {__version__}"),
    )


def _places(history: History, inputs: list[Input]) -> Iterator[tuple[str, str]]:
    """The inputs, with what became of them; neighbors together."""
    for each in inputs:
        if each.what != "neighbor":
            yield each.what, f"{each.path}, {each.state} ({each.sha256[:12]})"
    if history.by == "file" and "source" in history.origin:
        source = history.origin["source"]
        yield "source", f"{source['file']} ({source['sha256'][:12]})"
    if near := [each for each in inputs if each.what == "neighbor"]:
        lost = [
            f"{Path(each.path).name} {each.state}" for each in near if each.state != "as it was"
        ]
        kind = "files" if _set(history.origin) else "frames"
        yield "around", f"{len(near)} {kind}, " + ("; ".join(lost) or "as they were")


def _arithmetic(found: dict[str, str]) -> Iterator[str]:
    yield f"{found.get('precision', '')} on {found.get('device', '')}"
    yield from (f"{n} {v}" for n, v in found.items() if n not in ("precision", "device"))


def _typed(options: dict[str, Any]) -> Iterator[str]:
    """Options as people type them, in the order of all options."""
    for each in declared(Options):
        if each.field not in options:
            continue
        value = options[each.field]
        yield name_of(each, value)
        words = {meant: word for word, meant in each.about.words.items()}
        if not each.about.flags and value is not True:
            values = value if isinstance(value, list) else [value]
            yield " ".join(str(words.get(one, one)) for one in values)
