"""Networks: tensors in, tensors out; no picture is read or written here.

Images are ``(B, 3, H, W)`` sRGB-encoded floats in [-1, 1]. Every network is local:
none looks at whole-image statistics (no instance, layer or group normalisation, no
attention, no global pooling), so a pixel's value never depends on what lies farther
away than a published radius, and any tiling gives the same pixels.
"""
