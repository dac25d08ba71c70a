"""Pixels in and out of the machine.

One module for each library that touches them: `frames` (OpenImageIO), `sequences`
(fileseq), `video` (PyAV), `color` (OpenColorIO) and `portable` (OpenCV's settings).

A picture is a float32 array ``(H, W, 3)``, RGB. It is either *scene-linear*, without
an upper bound (EXR, HDR, float TIFF), or a *display* picture, sRGB-encoded in [0, 1].
An 8-bit picture is uint8 ``(H, W, 3)``, sRGB-encoded. Files keep what they had: bit
depth, alpha, extra channels, windows, metadata and timecode come out as they went in,
and every write is atomic. What goes wrong is a `MediaError`.
"""
