"""OpenColorIO configurations: the built-in ones, a studio's own, and the environment's."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any

from ganfx.errors import UsageError

OCIO_CONFIG = "studio-config-v2.2.0_aces-v1.3_ocio-v2.4"
"""OpenColorIO's built-in configuration; pinned, as ``latest`` would change colours."""
INTEROP_CONFIG = "ocio://studio-config-v5.0.0_aces-v2.1_ocio-v2.6"
"""Built-in configuration in which spaces have the ids of ``colorInteropID``; pinned likewise."""
VARIABLE = "OCIO"
"""Environment variable that names a configuration, as in every tool with OpenColorIO."""
_SCHEME = "ocio:"
_OR_NONE = f", or unset {VARIABLE} for the built-in one"


def chosen_config(given: str | Path | None = None) -> str | None:
    """Configuration that was ``given``, or else that of the environment; None for neither.

    A URI (``ocio://cg-config-latest``) has both its slashes, also where it was a path.
    """
    chosen = str(given or os.environ.get(VARIABLE, ""))
    if chosen.startswith(_SCHEME):
        return f"{_SCHEME}//{chosen.removeprefix(_SCHEME).lstrip('/')}"
    return chosen or None


@cache
def builtin_config() -> Any:
    """The configuration `OCIO_CONFIG`."""
    import PyOpenColorIO as ocio  # noqa: N813  (slow to load)

    return ocio.Config.CreateFromBuiltinConfig(OCIO_CONFIG)


def as_config(config: str | Path | None) -> Any:
    """A configuration; None is `builtin_config`."""
    return builtin_config() if config is None else read_config(config)


@cache
def read_config(path: str | Path) -> Any:
    """Read a configuration.

    Args:
        path: Of a ``.ocio`` or ``.ocioz`` file, or a URI of a built-in configuration.

    Raises:
        UsageError: It is not there, or not valid.
    """
    import PyOpenColorIO as ocio  # noqa: N813

    try:
        config = ocio.Config.CreateFromFile(str(path))
        config.validate()
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        reason = str(error).splitlines()[0]
        of_environment = str(path) == chosen_config()
        where = f" (of ${VARIABLE})" if of_environment else ""
        raise UsageError(
            f"cannot use the configuration {path}{where}: {reason}",
            hint=f"mend it, give another with --ocio{_OR_NONE if of_environment else ''}",
        ) from error
    return config


def config_name(path: str | Path) -> str:
    """Name that a configuration has for itself, or that of its file."""
    return str(read_config(path).getName() or Path(path).name)


@cache
def config_hash(path: str | Path) -> str:
    """SHA-256 of a configuration: of its file, or of the text of a built-in one."""
    config = read_config(path)
    if str(path).startswith(_SCHEME):
        return hashlib.sha256(config.serialize().encode()).hexdigest()
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
