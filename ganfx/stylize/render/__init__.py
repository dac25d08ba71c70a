"""Shots to files: pictures, videos and strips; decode, network and encode at the same time."""
