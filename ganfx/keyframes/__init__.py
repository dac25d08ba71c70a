"""A shot that follows a painter's few frames: keys checked, learned from, carried over it."""
