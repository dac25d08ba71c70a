"""What the textures of a model are, as the files of the model say: glTF, MaterialX, USD as text.

A model lies beside its textures, or in the folder above. What it says counts before any name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

SUFFIXES = (".gltf", ".mtlx", ".usda")
_MOST_BYTES = 64 << 20
"""Of a model that is read: what is larger holds geometry."""
_GLTF = {
    "baseColorTexture": "base color",
    "diffuseTexture": "base color",
    "emissiveTexture": "emission",
    "normalTexture": "normal",
    "occlusionTexture": "ao",
    "metallicRoughnessTexture": "packed (roughness, metal)",
}
_TILE = re.compile(r"<UDIM>|%\(UDIM\)d|<UVTILE>", re.IGNORECASE)
_TAG = re.compile(r"<(\w+)\b((?:[^>\"]|\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*\"([^\"]*)\"")
_SHADER = re.compile(r"\bdef\s+Shader\b")
_ASSET = re.compile(r"inputs:file\s*=\s*@([^@]+)@")
_SPACE = re.compile(r"inputs:sourceColorSpace\s*=\s*\"(\w+)\"")


@dataclass(frozen=True)
class Reference:
    """What a model says of a texture."""

    pattern: str
    """Of its absolute path, which may have a number of a tile in it: a regular expression."""
    role: str
    """``base color``, ``normal``..."""
    kind: Literal["color", "data"]
    model: Path


@dataclass(frozen=True)
class Models:
    """All that the models of a folder say."""

    references: tuple[Reference, ...] = ()
    problems: tuple[str, ...] = ()
    """Of models that cannot be read."""


def reference_to(path: Path) -> Reference | None:
    """What a model beside a texture says of it; data where it says both; None for nothing."""
    name = _plain(path)
    said = [
        reference
        for models in _models_near(path)
        for reference in models.references
        if re.fullmatch(reference.pattern, name)
    ]
    return min(said, key=lambda each: each.kind != "data", default=None)


def problems_near(path: Path) -> tuple[str, ...]:
    """What is wrong with the models beside a texture, or above it."""
    return tuple(problem for models in _models_near(path) for problem in models.problems)


def _models_near(path: Path) -> Iterator[Models]:
    folder = path.absolute().parent
    for each in (folder, folder.parent):
        try:
            yield _read_models(each, each.stat().st_mtime_ns)
        except OSError:  # a folder that may not be listed has no models for us
            continue


@lru_cache(maxsize=64)
def _read_models(folder: Path, changed: int) -> Models:
    """Models of a folder as it was when it was last ``changed``."""
    found: list[Reference] = []
    problems: list[str] = []
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in SUFFIXES or not file.is_file():
            continue
        try:
            if file.stat().st_size <= _MOST_BYTES:
                found += _references(file)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            why = str(error) or type(error).__name__
            problems.append(f"{file} cannot be read ({why}): textures go by their names")
    both = _said_twice(found)
    return Models(tuple(found), (*problems, *both))


def _references(file: Path) -> Iterator[Reference]:
    text = file.read_text(encoding="utf-8")
    read = {".gltf": _of_gltf, ".mtlx": _of_materialx, ".usda": _of_usd}[file.suffix.lower()]
    for name, role, kind in read(text):
        yield Reference(_pattern(file, name), role, kind, file)


Said = tuple[str, str, Literal["color", "data"]]
"""A path as it is written, a role, and whether that is color."""


def _of_gltf(text: str) -> Iterator[Said]:
    model: dict[str, Any] = json.loads(text)
    images = [each.get("uri", "") for each in model.get("images", ())]
    textures = model.get("textures", ())
    for name, info in _texture_infos(model.get("materials", ())):
        uri = _image(textures[info["index"]], images)
        if uri and not uri.startswith("data:"):
            color = name in ("diffuseTexture", "emissiveTexture") or "Color" in name
            yield unquote(uri), _GLTF.get(name, _words(name)), "color" if color else "data"


def _image(texture: dict[str, Any], images: list[str]) -> str:
    """URI of a texture's image; of an extension's (WebP, KTX2), where that has one alone."""
    sources = [texture, *texture.get("extensions", {}).values()]
    return next((images[each["source"]] for each in sources if "source" in each), "")


def _texture_infos(tree: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """All entries of materials, and of their extensions, that are called a texture."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name.endswith("Texture") and isinstance(value, dict) and "index" in value:
                yield name, value
            else:
                yield from _texture_infos(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texture_infos(value)


def _words(name: str) -> str:
    """``clearcoatRoughnessTexture`` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Texture")).lower()


def _of_materialx(text: str) -> Iterator[Said]:
    node: dict[str, str] = {}
    for tag, rest in _TAG.findall(text):
        told = dict(_ATTRIBUTE.findall(rest))
        if told.get("type") != "filename":
            node = told if tag != "input" else node
            continue
        kind, space = node.get("type", ""), told.get("colorspace", node.get("colorspace", ""))
        if kind and told.get("value"):
            color = kind.startswith("color") and space not in ("raw", "none", "data")
            yield unescape(told["value"]), node.get("name", kind), "color" if color else "data"


def _of_usd(text: str) -> Iterator[Said]:
    for shader in _SHADER.split(text)[1:]:
        asset, space = _ASSET.search(shader), _SPACE.search(shader)
        if asset and space and space[1] in ("raw", "sRGB"):
            color = space[1] == "sRGB"
            yield asset[1], "color" if color else "data", "color" if color else "data"


def _pattern(model: Path, name: str) -> str:
    whole = _plain(model.parent / name.replace("\\", "/"))
    return r"(?:1\d\d\d|u\d+_v\d+)".join(re.escape(part) for part in _TILE.split(whole))


def _plain(path: Path) -> str:
    return os.path.normpath(path.absolute())


def _said_twice(references: list[Reference]) -> Iterator[str]:
    """Textures that a model takes for color and for data."""
    data = {each.pattern: each for each in references if each.kind == "data"}
    for each in references:
        other = data.get(each.pattern)
        if each.kind == "color" and other is not None:
            name = Path(re.sub(r"\\(.)", r"\1", each.pattern)).name
            yield (
                f"{each.model} takes {name} for {each.role} and for {other.role}: it is copied as"
                " data (--force stylises it)"
            )
