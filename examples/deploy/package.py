"""A rez package: ganfx as one variant of a studio's environment.

`rez build --install` in this folder installs it with pip, from the checkout that this lies in, into
the package's own folder. `rez env ganfx -- ganfx --help` then finds it.
"""

name = "ganfx"
version = "0.1.0"
description = "Train looks and apply them to film and game footage."
requires = ["python-3.11+"]
tools = ["ganfx"]
build_command = (
    "python -m pip install --no-cache-dir --target {install_path}/python {root}/../.. "
    "&& mkdir -p {install_path}/bin && cp {root}/ganfx {install_path}/bin/"
)


def commands():
    """What an environment with the package has."""
    env.PYTHONPATH.append("{root}/python")  # noqa: F821  (rez gives it)
    env.PATH.append("{root}/bin")  # noqa: F821
