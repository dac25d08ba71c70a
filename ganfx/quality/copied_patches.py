"""Copied patches: places of finished pictures that repeat a place of the art.

A network that has learned its art by heart paints pieces of it. Square patches are compared by the
correlation of their luma, without slow changes of tone and without grain: brightness and contrast
do not matter.
What counts as a copy is measured on the art itself: patches of a picture are alike those of other
pictures only so far. Left out is what is alike anywhere: flat patches and those of one direction
(an edge, ruled lines), and what the source photo already showed.

Candidates are found among all windows at an eighth of the size, and compared at full size.
Pictures are uint8 ``(H, W, 3)`` sRGB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv
from ganfx.quality.sampling import spread
from ganfx.quality.sheets import contact_sheet

SIDE = 48
"""Pixels of a patch."""
STRIDE = 24
"""Pixels from a patch to the next one."""
LEAST = 0.94
"""Correlation of a copy at least, however little the art resembles itself."""
USUAL = 0.99
"""Quantile of the art's correlations with other art: series have equal pictures."""
OF_SOURCE = 0.7
"""Correlation of the source with a piece of art from which on the source shows the same."""
FLAT = 3.0
"""Deviation of luma, in code values, below which one of the 16 blocks of a patch is flat. Half
of them at least have to be otherwise."""
EVEN = 0.25
"""Share of the strongest block's deviation that half of them have at least: a dark corner on a
sky is alike many."""
ONE_WAY = 0.1
"""Weaker over stronger direction of the gradients below which a patch is an edge, or ruled."""

_COARSE = 8  # pixels of a picture that are one where candidates are looked for
_LOOKED_AT = 4  # times as many patches as are compared: the others are flat
_STEP = 1.1  # from one scale of the art to the next
_KEPT = 8  # candidates that are compared at full size
_PIXELS = 120_000_000  # of the art, at all scales together: some seconds
_ROWS = 1 << 14  # windows at a time
_ENLARGED = 3  # times, on a sheet
_FINE, _SLOW = 1.5, 8.0  # deviations of two blurs, in pixels: what is compared lies between

Plane = NDArray[np.float32]
Detail = Plane | NDArray[np.int8]


@dataclass(frozen=True)
class CopiedPatch:
    """One patch, and the piece of art that it repeats."""

    picture: int
    x: int
    y: int
    """Left and top in the picture, in pixels."""
    art: int
    art_x: int
    art_y: int
    art_side: int
    """Left, top and side of the piece of art, in its own pixels."""
    mirrored: bool
    correlation: float


@dataclass(frozen=True)
class CopyTest:
    """What came of comparing pictures with art."""

    patches: int
    """Patches that were compared."""
    art: int
    """Pictures of the art that they were compared with."""
    threshold: float
    """Correlation of a copy: half way from what the art's own patches have to 1."""
    usual: float
    """What patches of the art have with other art, but for one in a hundred."""
    copied: tuple[CopiedPatch, ...]
    """The most alike first."""


@dataclass(frozen=True, eq=False)
class _Patch:
    picture: int
    x: int
    y: int
    pixels: Plane  # (SIDE, SIDE), without slow changes


@dataclass(frozen=True, eq=False)
class _Art:
    """A picture of the art at one scale."""

    index: int
    scale: float
    detail: NDArray[np.int8]
    """In whole code values, for a quarter of the memory."""


@dataclass(frozen=True)
class _Match:
    art: int  # index of the picture; -1 where there is none
    scale: float
    x: int
    y: int
    mirrored: bool
    correlation: float


def find_copied_patches(
    pictures: Sequence[ImageU8],
    art: Sequence[ImageU8],
    *,
    sources: Sequence[ImageU8] = (),
    scales: tuple[float, float] = (1.0, 1.0),
    most: int = 300,
) -> CopyTest:
    """Compare patches of pictures with all places of the art, plain and mirrored.

    Args:
        pictures: What a look made; smaller ones than a patch are passed over.
        art: What it learned from: at least two pictures, of any size.
        sources: What the pictures were made of, in the same sizes; none to do without.
        scales: Smallest and largest size at which the look saw the art.
        most: Patches that are compared, evenly spread; half as many of the art, for the threshold.

    Returns:
        The copies, and how they were told. Of a large art set, pictures spread evenly are
        compared, so that it takes seconds.
    """
    use_portable_opencv()
    planes = list(_scaled_art(art, scales))
    compared = len({plane.index for plane in planes})
    if compared < 2:
        return CopyTest(0, compared, 1.0, 1.0, ())
    ours = {plane.index: plane.detail for plane in _nearest_to_1(planes)}
    own = _patches(ours, most // 2)
    made = _patches(dict(enumerate(map(_detail, pictures))), most)
    matches = _matches([*own, *made], planes, others_only=len(own))
    usual = float(np.quantile([m.correlation for m in matches[: len(own)]] or [1.0], USUAL))
    threshold = max(LEAST, (1.0 + usual) / 2.0)
    details = [_detail(each) for each in sources]
    copied = [
        _copy(patch, match)
        for patch, match in zip(made, matches[len(own) :], strict=True)
        if match.correlation >= threshold
        and not (sources and _is_of_source(patch, match, planes, details))
    ]
    copied.sort(key=lambda copy: -copy.correlation)
    return CopyTest(len(made), compared, threshold, usual, tuple(copied))


def side_by_side(
    copies: Sequence[CopiedPatch], pictures: Sequence[ImageU8], art: Sequence[ImageU8]
) -> ImageU8:
    """A sheet of patches, with the pieces of art that they repeat below, enlarged."""
    use_portable_opencv()
    made = [_square(pictures[copy.picture], copy.x, copy.y, SIDE) for copy in copies]
    theirs = [_square(art[copy.art], copy.art_x, copy.art_y, copy.art_side) for copy in copies]
    turned = [each[:, ::-1] if c.mirrored else each for c, each in zip(copies, theirs, strict=True)]
    return contact_sheet([made, turned], cell_width=_ENLARGED * SIDE)


def _square(picture: ImageU8, x: int, y: int, side: int) -> ImageU8:
    piece = np.ascontiguousarray(picture[y : y + side, x : x + side])
    size = (_ENLARGED * SIDE, _ENLARGED * SIDE)
    return cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def _scaled_art(art: Sequence[ImageU8], scales: tuple[float, float]) -> Iterator[_Art]:
    """Pictures of the art at all scales, as many as the budget of pixels holds."""
    low, high = scales
    steps = 1 + int(np.ceil(np.log(high / low) / np.log(_STEP) - 1e-9))
    sizes = np.geomspace(low, high, steps)
    pixels = sum(each.shape[0] * each.shape[1] for each in art) * float(np.sum(sizes**2))
    kept = max(2, int(len(art) * min(1.0, _PIXELS / max(pixels, 1.0))))
    for index in spread(range(len(art)), kept):
        for scale in sizes:
            detail = _detail(_resized(art[index], float(scale)))
            if min(detail.shape) >= SIDE + _COARSE:
                whole = np.clip(np.rint(detail), -127, 127).astype(np.int8)
                yield _Art(index, float(scale), whole)


def _nearest_to_1(planes: Sequence[_Art]) -> list[_Art]:
    """Each picture once, at the scale that is nearest to its own."""
    found: dict[int, _Art] = {}
    for plane in planes:
        before = found.get(plane.index)
        if before is None or abs(plane.scale - 1.0) < abs(before.scale - 1.0):
            found[plane.index] = plane
    return list(found.values())


def _resized(picture: ImageU8, scale: float) -> ImageU8:
    if scale == 1.0:
        return picture
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=way).astype(
        np.uint8
    )


def _detail(picture: ImageU8) -> Plane:
    """Luma in code values, without its slow changes and without grain, which no resizing keeps."""
    luma = luma_of(picture)
    fine, slow = (cv2.GaussianBlur(luma, (0, 0), sigma) for sigma in (_FINE, _SLOW))
    return (fine - slow).astype(np.float32)


def _patches(details: Mapping[int, Detail], most: int) -> list[_Patch]:
    """Patches of pictures, by their numbers, that have something to compare; evenly spread."""
    corners = [
        (picture, x, y)
        for picture, detail in details.items()
        for y in range(0, detail.shape[0] - SIDE + 1, STRIDE)
        for x in range(0, detail.shape[1] - SIDE + 1, STRIDE)
    ]
    looked_at = spread(corners, _LOOKED_AT * most)
    patches = [
        _Patch(k, x, y, details[k][y : y + SIDE, x : x + SIDE].astype(np.float32))
        for k, x, y in looked_at
    ]
    return spread([patch for patch in patches if _is_telling(patch.pixels)], most)


def _window(detail: Detail, x: int, y: int) -> Detail:
    return detail[y : y + SIDE, x : x + SIDE]


def _is_telling(pixels: Plane) -> bool:
    side = SIDE // 4
    blocks = pixels.reshape(4, side, 4, side)
    deviations = blocks.std(axis=(1, 3))
    least = max(FLAT, EVEN * float(deviations.max()))
    return bool(np.median(deviations) >= least) and _has_two_directions(pixels)


def _has_two_directions(pixels: Plane) -> bool:
    """By the eigenvalues of the structure tensor of the whole patch."""
    down, across = np.gradient(pixels)
    tensor = np.array([[np.sum(down * down), np.sum(down * across)]] * 2)
    tensor[1] = tensor[0, 1], np.sum(across * across)
    weaker, stronger = np.linalg.eigvalsh(tensor)
    return bool(weaker > ONE_WAY * stronger)


def _matches(
    patches: Sequence[_Patch], planes: Sequence[_Art], *, others_only: int
) -> list[_Match]:
    """The piece of art that is most alike each patch; of the first ones, in other pictures."""
    turned = [p.pixels for p in patches] + [p.pixels[:, ::-1] for p in patches]
    queries = _normalized(np.stack([_coarse(each).ravel() for each in turned])) if turned else None
    if queries is None:
        return []
    found = [_best_windows(plane.detail, queries) for plane in planes]
    values = np.stack([value for value, _ in found])  # (planes, 2 * patches)
    places = np.stack([place for _, place in found])
    matches = []
    for index, patch in enumerate(patches):
        both = values[:, [index, index + len(patches)]].copy()
        if index < others_only:
            both[[plane.index == patch.picture for plane in planes]] = -1.0
        best = np.argsort(-both, axis=None, kind="stable")[:_KEPT]
        candidates = [divmod(int(each), 2) for each in best]
        compared = (
            _compared(patch, planes[k], int(places[k, index + m * len(patches)]), bool(m))
            for k, m in candidates
            if both[k, m] > -1.0
        )
        nothing = _Match(-1, 1.0, 0, 0, False, -1.0)
        matches.append(max(compared, key=lambda match: match.correlation, default=nothing))
    return matches


def _coarse(detail: Detail) -> Plane:
    """At an eighth of the size."""
    height, width = (side // _COARSE for side in detail.shape)
    whole = detail[: height * _COARSE, : width * _COARSE]
    mean: Plane = whole.reshape(height, _COARSE, width, _COARSE).mean(axis=(1, 3), dtype=np.float32)
    return mean


def _normalized(rows: Plane) -> Plane:
    """Rows without their mean, of length 1; those without contrast are zeros."""
    centered = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centered, axis=1, keepdims=True)
    whole: Plane = np.where(length > 1.0, centered / np.maximum(length, 1.0), 0.0).astype(
        np.float32
    )
    return whole


def _best_windows(detail: Detail, queries: Plane) -> tuple[Plane, NDArray[np.int64]]:
    """For each query, correlation and number of the window that is most alike it."""
    side = SIDE // _COARSE
    windows = np.lib.stride_tricks.sliding_window_view(_coarse(detail), (side, side))
    rows = _normalized(windows.reshape(-1, side * side))
    best, places = np.full(len(queries), -1.0, np.float32), np.zeros(len(queries), np.int64)
    for first in range(0, len(rows), _ROWS):
        alike = queries @ rows[first : first + _ROWS].T
        place = alike.argmax(axis=1)
        value = alike[np.arange(len(queries)), place]
        places[value > best] = first + place[value > best]
        best = np.maximum(best, value)
    return best, places


def _compared(patch: _Patch, plane: _Art, place: int, mirrored: bool) -> _Match:
    """The best place around a candidate, at full size."""
    columns = plane.detail.shape[1] // _COARSE - SIDE // _COARSE + 1
    row, column = divmod(place, columns)
    top, left = max(0, (row - 1) * _COARSE), max(0, (column - 1) * _COARSE)
    reach = SIDE + 2 * _COARSE
    around = plane.detail[top : top + reach, left : left + reach].astype(np.float32)
    pixels = np.ascontiguousarray(patch.pixels[:, ::-1] if mirrored else patch.pixels)
    alike = cv2.matchTemplate(around, pixels, cv2.TM_CCOEFF_NORMED)
    y, x = np.unravel_index(int(alike.argmax()), alike.shape)
    return _Match(
        plane.index, plane.scale, left + int(x), top + int(y), mirrored, float(alike[y, x])
    )


def _is_of_source(
    patch: _Patch, match: _Match, planes: Sequence[_Art], sources: Sequence[Plane]
) -> bool:
    """Whether the source shows there what the art shows: then it is no memory."""
    plane = next(p for p in planes if (p.index, p.scale) == (match.art, match.scale))
    piece = _window(plane.detail, match.x, match.y).astype(np.float32)
    piece = piece[:, ::-1] if match.mirrored else piece
    source = _window(sources[patch.picture], patch.x, patch.y)
    first, second = _normalized(np.stack([piece.ravel(), source.ravel()]))
    return float(first @ second) >= OF_SOURCE


def _copy(patch: _Patch, match: _Match) -> CopiedPatch:
    x, y, side = (round(value / match.scale) for value in (match.x, match.y, SIDE))
    return CopiedPatch(
        patch.picture, patch.x, patch.y, match.art, x, y, side, match.mirrored, match.correlation
    )
