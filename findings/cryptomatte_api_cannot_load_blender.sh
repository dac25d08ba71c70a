#!/bin/sh
# Blender 5.0.1 and cryptomatte-api 1.0.0: a multilayer EXR's Cryptomatte is not found by the library.
#
# Blender writes each pass, and each level of a Cryptomatte (two ranks), as an EXR part of its own, and
# the metadata (name, hash, manifest) in the first part alone, which has none of the levels. The
# specification's attributes are file-wide in files of one part, so readers look for ranks where the
# metadata is. Seen: Cryptomatte.load raises ValueError "... empty channel list"; the levels are there,
# in later parts, under "ViewLayer.CryptoObject00.r" and so on, and the same file flattened to one part
# loads. Readers have to gather attributes and channels over all parts.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/blender"
"$folder/blender/bin/pip" install --quiet bpy==5.0.1
python3 -m venv "$folder/reader"
"$folder/reader/bin/pip" install --quiet cryptomatte-api==1.0.0 OpenImageIO==3.2.2.0 numpy==2.4.6
cd "$folder"
blender/bin/python - > blender.log <<'PY'
import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.cycles.samples = 1
scene.render.resolution_x, scene.render.resolution_y = 64, 36
bpy.ops.mesh.primitive_cube_add()
bpy.ops.object.camera_add(location=(0, -6, 0), rotation=(1.5708, 0, 0))
scene.camera = bpy.context.object
scene.view_layers[0].use_pass_cryptomatte_object = True
scene.render.image_settings.media_type = "MULTI_LAYER_IMAGE"
scene.render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
scene.render.image_settings.color_depth = "32"
scene.render.filepath = "render.exr"
bpy.ops.render.render(write_still=True)
PY
reader/bin/python - <<'PY'
import cryptomatte_api
import numpy as np
import OpenImageIO as oiio

source = oiio.ImageInput.open("render.exr")
parts, part = [], 0
while source.seek_subimage(part, 0):
    spec = source.spec()
    told = [each for each in spec.extra_attribs if each.name.startswith("cryptomatte/")]
    ranks = [name for name in spec.channelnames if ".CryptoObject" in name]
    parts.append((ranks, told, source.read_image(part, 0, 0, spec.nchannels, "float")))
    part += 1
having = [n for n, (_, told, _) in enumerate(parts) if told]
holding = [n for n, (ranks, _, _) in enumerate(parts) if ranks]
print(f"{part} parts: metadata in {having}, levels in {holding}")
assert having == [0] and holding and 0 not in holding, "the behaviour has changed"

try:
    cryptomatte_api.Cryptomatte.load("render.exr", load_preview=False)
    raise SystemExit("the behaviour has changed: it loads")
except ValueError as error:
    print(f"as written: ValueError: {error}")
    assert "empty channel list" in str(error), "the behaviour has changed"

names = sum((parts[n][0] for n in holding), [])
pixels = np.concatenate([parts[n][2] for n in holding], axis=-1)
flat = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], len(names), "float")
flat.channelnames = tuple(names)
for each in parts[0][1]:
    flat.attribute(each.name, each.value)
output = oiio.ImageOutput.create("flat.exr")
assert output.open("flat.exr", flat) and output.write_image(np.ascontiguousarray(pixels))
output.close()
matte = cryptomatte_api.Cryptomatte.load("flat.exr", load_preview=False)[0].mask("Cube")
print(f"flattened: the cube covers {matte.sum():.1f} pixels")
assert matte.sum() > 10, "the behaviour has changed"
PY
