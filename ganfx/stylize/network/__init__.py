"""One picture through the generator: color in and out, tiles, mixes of looks, devices."""
