"""Photographs for the teachers, and what is measured on their paintings."""

import cv2
import numpy as np
from skimage import data
from sklearn.datasets import load_sample_image

PHOTOS = {
    "astronaut": data.astronaut,
    "coffee": data.coffee,
    "cat": data.chelsea,
    "china": lambda: load_sample_image("china.jpg"),
    "flower": lambda: load_sample_image("flower.jpg"),
}


def photo(name, width=320):
    picture = PHOTOS[name]()
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def saturation(picture):
    lab = cv2.cvtColor(picture.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
    return np.hypot(lab[..., 1], lab[..., 2]).mean()


def roughness(picture):
    """Median step between neighbours: how busy the areas between edges are."""
    luma = picture.astype(float).mean(axis=-1)
    return np.median(np.abs(np.diff(luma, axis=1)))


def grey(value, size=96):
    return np.full((size, size, 3), value, dtype=np.uint8)
