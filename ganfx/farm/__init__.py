"""Render farm jobs: export for Open Job Description and Slurm, and local execution.

`job` finds the shots; `openjd` writes a job bundle of Open Job Description, `slurm` a job array;
`local` runs the same bundle in processes of this machine, and `assembly` makes contact sheets and
proxy videos of the result. Each task is one ``ganfx stylize`` with a frame range: it reads its
own handles from the source, so that tasks depend on the plates only.
"""

CHUNK = 20
"""Default chunk size: frames of a task, which stylises up to twelve handle frames more. It is
defined here, where nothing else is imported, for the command line's help."""
