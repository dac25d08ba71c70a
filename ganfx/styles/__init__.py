"""Styles: the file format of a finished look, and the places where looks are kept.

A style is one ``.safetensors`` file: the generator's weights, and a JSON header that
says how the network is built, what the look learned from and under which licence it
is. Reading one runs no code. `header` and `library` import no torch, so
listing styles is quick; `file` reads and writes weights.
"""
