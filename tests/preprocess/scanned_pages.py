"""Scanned pages made for tests: pictures on paper, type, spreads."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage import data

TEXT = """while seven wizards brew potent ale in dim old halls the quick brown fox jumps over
a lazy dog and nobody writes it down before the winter comes again"""
WORDS = TEXT.split()


def photo(height=360, width=480):
    """A photograph that fills its frame, with no even side."""
    return cv2.resize(data.coffee(), (width, height), interpolation=cv2.INTER_AREA)


def drawing(height=400, width=300, seed=3):
    """Ink strokes on bare paper: a vignette, with paper all round it."""
    random = np.random.default_rng(seed)
    page = np.full((height, width, 3), 246, np.uint8)
    center, reach = (width // 2, height // 2), min(height, width) // 3
    for _ in range(160):
        start = random.normal(center, reach / 2.4).clip(40, (width - 40, height - 40))
        stop = (start + random.normal(0, 28, 2)).clip(40, (width - 40, height - 40))
        cv2.line(page, start.astype(int).tolist(), stop.astype(int).tolist(), (40, 38, 36), 2)
    return page


def on_paper(picture, margins, tone=(238, 232, 214), noise=2.0, falloff=0.0, seed=5):
    """A picture on paper; ``margins`` are left, top, right, bottom, in pixels.

    ``falloff`` is how much darker the paper is at its left edge, as a share.
    """
    left, top, right, bottom = margins
    height, width = picture.shape[:2]
    page = np.empty((top + height + bottom, left + width + right, 3), np.float64)
    page[:] = tone
    page *= 1.0 - falloff * np.linspace(1, 0, page.shape[1])[:, np.newaxis] ** 2
    page += np.random.default_rng(seed).normal(0, noise, page.shape)
    page[top : top + height, left : left + width] = picture
    return page.clip(0, 255).astype(np.uint8)


def type_page(
    height=740, width=520, lines=34, letter=14, ink=(30, 25, 20), paper=(238, 230, 212), seed=1
):
    """A page of running text, lit a little darker at one side."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), paper)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(letter)
    for line in range(lines):
        text = ""
        while draw.textlength(text, font=font) < width - 130:
            text += " " + WORDS[random.integers(len(WORDS))]
        draw.text((55, 60 + line * letter * 1.4), text, fill=ink, font=font)
    return _scanned(image, random)


def title_page(height=740, width=520, ink=(30, 25, 20), paper=(238, 230, 212), seed=2):
    """A few centred lines in capitals of different sizes; cloth if the paper is dark."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), paper)
    draw = ImageDraw.Draw(image)
    y = height // 8
    for letter in (34, 20, 16, 34, 14):
        font = ImageFont.load_default(letter)
        text = " ".join(WORDS[i] for i in random.integers(0, len(WORDS), 4)).upper()
        draw.text(((width - draw.textlength(text, font=font)) / 2, y), text, fill=ink, font=font)
        y += letter + height // 9
    return _scanned(image, random)


def caption(width, letter=13, lines=2, paper=(240, 240, 238), height=None):
    """A strip of paper with centred type."""
    height = height or (lines + 2) * letter * 2
    image = Image.new("RGB", (width, height), paper)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(letter)
    for line in range(lines):
        text = " ".join(WORDS[line * 4 : line * 4 + 4])
        x = (width - draw.textlength(text, font=font)) / 2
        draw.text((x, letter * 1.2 + line * letter * 1.5), text, fill=(35, 35, 35), font=font)
    return np.asarray(image)


def _scanned(image, random):
    page = np.asarray(image).astype(np.float64) + random.normal(0, 3, (*image.size[::-1], 3))
    page = cv2.GaussianBlur(page, (0, 0), 0.6)
    page *= np.linspace(0.85, 1, page.shape[1])[:, np.newaxis]
    return page.clip(0, 255).astype(np.uint8)
