"""Pixels in and out of the machine.

Pictures are `frames` (OpenImageIO: any format, whole; `strips` of those too large for memory,
and `scans` to learn from), and `video` (PyAV). `sequences` (fileseq) and `footage` find them.
Colour is in `color` (curves), `spaces` (OpenColorIO), `icc` (profiles) and `yuv`; motion in
`flow`; OpenCV runs as `portable` sets it. Files are written through `atomic`, `records` and
`locking`; what is known of a picture's making is in `notes` and `sources`.

A picture is a float32 array ``(H, W, 3)``, RGB. It is either *scene-linear*, without
an upper bound (EXR, HDR, float TIFF), or a *display* picture, sRGB-encoded in [0, 1].
An 8-bit picture is uint8 ``(H, W, 3)``, sRGB-encoded. Files keep what they had: bit
depth, alpha, extra channels, windows, metadata and timecode come out as they went in,
and every write is atomic. What goes wrong is a `MediaError`.
"""
