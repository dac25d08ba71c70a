"""Reading and writing of pictures, videos and optical flow, with their colour management.

Pictures are read and written in `frames` (OpenImageIO, all of a file at once), in `strips`
(scanlines of pictures too large for memory) and in `scans` (training pictures); videos in
`video` (PyAV). `formats` lists suffixes and limits, `file_search` walks folders, and
`sequences` groups files into shots (fileseq). Colour is in `color` (transfer curves, luma),
`color_spaces` (OpenColorIO), `icc` (profiles) and `color_conversion` (to another file
format); motion in `flow` and `flow_files`. `portable` selects CPU instructions. Files are
written through `atomic`, `jsonl` and `locking`. `sources` has credits and licences,
`frame_fingerprint` the settings that a written frame was made with.

A picture is a float32 array ``(H, W, 3)``, RGB. It is either *scene-linear*, without
an upper bound (EXR, HDR, float TIFF), or a *display* picture, sRGB-encoded in [0, 1].
An 8-bit picture is uint8 ``(H, W, 3)``, sRGB-encoded. Bit depth, alpha, extra channels,
windows, metadata and timecode are preserved, and every write is atomic. Errors are
`MediaError`.
"""
