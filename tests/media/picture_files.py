"""Picture files as other programs write and read them: OpenImageIO alone, none of our code."""

import numpy as np
import OpenImageIO as oiio  # noqa: N813

CODES = {"uint8": np.uint8, "uint16": np.uint16, "half": np.float16, "float": np.float32}


def save(path, pixels, *, names=None, kinds=None, compression=None, **attributes):
    """Write pixels with OpenImageIO itself, as another program would."""
    height, width, channels = pixels.shape
    kind = {np.dtype(t): name for name, t in CODES.items()}[pixels.dtype]
    spec = oiio.ImageSpec(width, height, channels, kind)
    if names:
        spec.channelnames = names
        spec.alpha_channel = names.index("A") if "A" in names else -1
    if kinds:
        spec.channelformats = tuple(oiio.TypeDesc(k) for k in kinds)
    if compression:
        spec.attribute("compression", compression)
    for key, value in attributes.items():
        spec.attribute(key.replace("__", ":"), *(value if isinstance(value, tuple) else (value,)))
    write(path, spec, pixels)
    return path


def write(path, spec, pixels):
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(np.ascontiguousarray(pixels)), output.geterror()
    assert output.close()
    output.geterror()


def stored(path, part=0, channels=None):
    """Header and pixels as they are in the file, without any conversion."""
    hints = oiio.ImageSpec()
    hints.attribute("oiio:UnassociatedAlpha", 1)
    source = oiio.ImageInput.open(str(path), hints)
    source.seek_subimage(part, 0)
    spec = oiio.ImageSpec(source.spec())
    first, last = channels or (0, spec.nchannels)
    pixels = source.read_image(part, 0, first, last, spec.channelformat(first))
    assert pixels is not None, source.geterror()
    return spec, pixels


def metadata(spec):
    return {a.name: a.value for a in spec.extra_attribs if not isinstance(a.value, np.ndarray)}


def noise(shape, kind, seed=0):
    rng = np.random.default_rng(seed)
    if kind in ("half", "float"):
        return (rng.random(shape) ** 3 * 50 - 0.5).astype(CODES[kind])
    return rng.integers(0, np.iinfo(CODES[kind]).max, shape, CODES[kind], endpoint=True)
