"""Jobs for an existing farm: what is to be rendered, written in the words of its scheduler.

`job` finds the shots; `openjd` writes a bundle of Open Job Description, `slurm` an array;
`local` walks the same bundle in processes of this machine, and `assembly` makes what people look
at when it is done. Each task is one ``ganfx stylize`` with a range of frames: it reads its own
handles from the source, so that there is nothing between tasks but the plates.
"""

CHUNK = 20
"""Frames of a task where nobody says otherwise: each also stylises its neighbours, up to twelve
more. It is here, where nothing else is imported, for the command line's help."""
