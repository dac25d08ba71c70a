"""KTX2 textures, through the program `toktx` of Khronos' KTX-Software.

Nothing in Python writes them; the program takes a PNG. Pixels become Basis Universal UASTC, which
every GPU can be given, with mip levels. The file says how they are encoded: sRGB, or linear for
data.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ganfx.errors import MediaError, UsageError
from ganfx.media.frame_reading import Part
from ganfx.media.icc import is_srgb
from ganfx.media.part_writing import write_parts

SUFFIX = ".ktx2"
PROGRAM = "toktx"
_MISSING = f"KTX2 is written by the program {PROGRAM}, which is not installed"
_GET_IT = "install KTX-Software (github.com/KhronosGroup/KTX-Software), or write png or exr"


def check_toktx() -> None:
    """Raise `UsageError` where KTX2 cannot be written on this machine."""
    if shutil.which(PROGRAM) is None:
        raise UsageError(_MISSING, hint=_GET_IT)


def write_ktx2(
    parts: Sequence[Part], temporary: Path, path: Path, *, profile: bytes | None, data: bool
) -> None:
    """Write the one part of a PNG as KTX2.

    Args:
        parts: As `write_parts` takes them.
        temporary: File to write.
        path: What it becomes, for messages.
        profile: ICC profile of the pixels; None is sRGB.
        data: Whether pixels are data, which are stored as linear.

    Raises:
        MediaError: The profile is not sRGB; the program is not there, or fails.
    """
    if not is_srgb(profile):
        raise MediaError(
            f"cannot write {path}: KTX2 holds no ICC profile, and the source's is not sRGB",
            hint="convert it to sRGB first",
        )
    with TemporaryDirectory(prefix="ganfx-") as folder:
        png = Path(folder, "picture.png")
        write_parts(png, parts, path, "png")
        encode_ktx2(png, temporary, path, data=data)


def encode_ktx2(png: Path, temporary: Path, path: Path, *, data: bool = False) -> None:
    """Make a KTX2 of a PNG.

    Args:
        png: Of 8 or 16 bits, sRGB.
        temporary: File to write.
        path: What it becomes, for messages.
        data: Whether pixels are data, which are stored as linear.

    Raises:
        MediaError: The program is not there, or fails.
    """
    transfer = ["linear"] if data else ["srgb", "--assign_primaries", "bt709"]
    options = ["--t2", "--encode", "uastc", "--genmipmap", "--assign_oetf", *transfer]
    try:
        run = subprocess.run(
            [PROGRAM, *options, str(temporary), str(png)],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise MediaError(f"cannot write {path}: {_MISSING}", hint=_GET_IT) from error
    if run.returncode or not temporary.exists():
        told = (run.stderr or run.stdout).strip().partition("\n")[0]
        raise MediaError(f"cannot write {path}: {PROGRAM}: {told or 'it made no file'}")
