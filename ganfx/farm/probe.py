"""Node probe: a fixed test render whose hashes show whether two nodes give identical pixels.

It renders seven frames of a sample scene in every built-in look, temporally stabilized, with
fixed marks (strokes, washes, dabs, hatching) and without grain, and the conversion of linear
light for the network and back. Differences between two nodes' probes are listed by name in the
order of processing, so that the first one shows the cause. The pictures are included with 8 bits,
which gives the size of the differences: a GPU sums in another order than a CPU, and hashes do not
tell whether that is visible.
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx import __version__
from ganfx.curve import fixed
from ganfx.errors import UsageError
from ganfx.media.color import fold_highlights, unfold_highlights
from ganfx.media.flow import optical_flow
from ganfx.models.devices import (
    check_portable_cpu,
    check_precision,
    choose_device,
    describe_device,
)
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.styles.file import load_style
from ganfx.styles.library import list_styles
from ganfx.stylize.declared.kinds import Portable, Precision
from ganfx.stylize.effects import EFFECTS, Place, unmarked
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.filter import stabilized
from ganfx.stylize.temporal.keyframe_warp import keyframe_warp
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.stabilizer import stylized_frame

SIZE = (192, 108)
FRAMES = range(1001, 1008)
MIDDLE = 1004
PARTS = ("hashes", "pixels")
"""Parts of a probe that are compared: texts by name."""

Probe = dict[str, Any]


def take_probe(
    *,
    device: str = "auto",
    threads: int | None = None,
    portable: Portable = "",
    precision: Precision = "auto",
) -> Probe:
    """Render the probe on this machine.

    Args:
        device: As of `Options`, like the rest.
        threads: Of the CPU.
        portable: Instructions to keep to.
        precision: ``auto`` is float32: the probe is of more than 8 bits.

    Returns:
        ``hashes`` by name: of the plates, of the motion between two, of linear light converted
        for the network and back, and of each look's middle frame: alone, temporally
        stabilized, and with each kind of marks; each as 8 bits and as float32. ``pixels`` by name:
        the 8-bit pictures, packed as text. ``node``: a description of the machine.

    Raises:
        NodeError: This CPU lacks the instruction set of ``portable``, or the device ``precision``.
        UsageError: torch is already imported, or this machine has no such ``device``.
    """
    asked = Options(device=device, threads=threads, portable=portable, precision=precision)
    options = unmarked(asked)
    check_portable_cpu(portable)
    check_precision(choose_device(options.network_device), precision)
    scene = Scene(2, *SIZE)
    plates = {frame: develop(scene.render(frame)) for frame in FRAMES}
    hashes = {
        "plates": _hash(*plates.values()),
        "motion": _hash(optical_flow(plates[MIDDLE], plates[MIDDLE + 1])),
        "light": _hash(*_as_light(plates[MIDDLE])),
    }
    pixels = {}
    for name in _looks():
        for step, picture in _rendered(name, plates, options):
            code = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
            hashes[f"{name} {step} 8 bits"] = _hash(code)
            hashes[f"{name} {step}"] = _hash(picture)
            pixels[f"{name} {step}"] = _packed(code)
    return {"hashes": hashes, "node": _node(options), "pixels": pixels}


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Names of the hashes that differ between two probes, in the order of processing."""
    ours, theirs = one["hashes"], other["hashes"]
    names = [*ours, *(name for name in theirs if name not in ours)]
    return [name for name in names if ours.get(name) != theirs.get(name)]


def distances(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, int]:
    """Maximum absolute difference of two probes' pictures by name, in 8-bit code values.

    A picture that only one of them has counts as 255.

    Raises:
        UsageError: A picture is damaged.
    """
    ours, theirs = one["pixels"], other["pixels"]
    return {name: _distance(ours.get(name), theirs.get(name)) for name in {**ours, **theirs}}


def unpacked(text: str) -> NDArray[np.int16]:
    """Unpack a picture of a probe: pixel values in row order, int16 from 0 to 255."""
    packed = base64.b85decode(text)
    return np.frombuffer(zlib.decompress(packed), np.uint8).astype(np.int16)


def read_probe(path: Path) -> Probe:
    """Read the probe of another node.

    Raises:
        UsageError: The file is missing or not a probe.
    """
    refused = UsageError(
        f"{path} is no probe", hint="write one with: ganfx verify --probe > node.json"
    )
    try:
        probe = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refused from error
    if not isinstance(probe, dict) or not all(map(_is_named_text, map(probe.get, PARTS))):
        raise refused
    return probe


def _is_named_text(part: object) -> bool:
    return isinstance(part, dict) and all(isinstance(text, str) for text in part.values())


def _looks() -> list[str]:
    """The built-in looks with a network of their own: others only lay other effects over one."""
    networks: dict[str, str] = {}
    for entry in list_styles():
        if entry.origin == "built-in":
            weights = load_style(entry.path).weights
            network = _hash(*(weights[name].numpy() for name in sorted(weights)))
            networks.setdefault(network, entry.name)
    return list(networks.values())


def _rendered(
    name: str, plates: Mapping[int, NDArray[np.uint8]], options: Options
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    look = open_look(name, device=options.network_device)
    prepared = {n: prepare(p.astype(np.float32) / np.float32(255)) for n, p in plates.items()}
    styled = {n: run_network(look, each, options, deep=True) for n, each in prepared.items()}
    yield "alone", styled[MIDDLE]
    window = {n: stylized_frame(prepared[n], styled[n]) for n in plates}
    motion = Motion(guides={n: each.guide for n, each in window.items()})
    result = stabilized(MIDDLE, window, motion, fixed(options.consistency))
    yield "held", result
    place = Place(SIZE[1], warp=keyframe_warp(MIDDLE, motion))
    for effect in EFFECTS:
        if effect.probe is not None:
            result = effect.apply(result, effect.probe, place)
    yield "drawn", result


def _as_light(plate: NDArray[np.uint8]) -> Iterator[NDArray[np.float32]]:
    """A linear picture with values up to 4, converted to the network's range and back."""
    light = (plate.astype(np.float32) / np.float32(255)) ** np.float32(2.2) * np.float32(4)
    folded, gain = fold_highlights(light)
    yield folded
    yield unfold_highlights(folded, gain)


def _hash(*arrays: NDArray[Any]) -> str:
    pixels = hashlib.sha256()
    for array in arrays:
        pixels.update(np.ascontiguousarray(array).tobytes())
    return pixels.hexdigest()[:24]


def _packed(code: NDArray[np.uint8]) -> str:
    return base64.b85encode(zlib.compress(code.tobytes(), 9)).decode("ascii")


def _distance(one: str | None, other: str | None) -> int:
    if one == other:
        return 0
    if one is None or other is None:
        return 255
    try:
        ours, theirs = (unpacked(text) for text in (one, other))
        return int(np.abs(ours - theirs).max())
    except (ValueError, zlib.error) as error:
        raise UsageError("the pixels of a probe are damaged", hint="take it anew") from error


def _node(options: Options) -> dict[str, str]:
    import cv2
    import torch

    return {
        "ganfx": __version__,
        "torch": torch.__version__,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "device": describe_device(choose_device(options.network_device)),
        "precision": options.precision,
        "portable": options.portable or "no",
        "vectors": torch.backends.cpu.get_cpu_capability(),
    }
