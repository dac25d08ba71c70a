"""Console output: progress, tables and errors. The only package that imports rich.

Results (paths, tables that were asked for) go to stdout, everything else to stderr.
Where stderr is not a terminal there are no bars: one plain line for each thing that
happened. Paths are printed as they are: brackets in them are not markup.
"""

from ganfx.console.browser import open_in_browser
from ganfx.console.comparing import show_comparison, show_preferences
from ganfx.console.evaluating import (
    GateError,
    refuse_missed,
    show_evaluation,
    show_gates,
    show_proof,
)
from ganfx.console.exporting import show_export
from ganfx.console.farming import (
    check_probe,
    print_forecast,
    print_json,
    show_farm_progress,
    show_files,
    show_forecast,
    show_job,
    show_tasks,
    show_verified,
)
from ganfx.console.keyframing import (
    show_again,
    show_keys,
    show_learned_before,
    show_suggestions,
)
from ganfx.console.output import note, print_error, print_result
from ganfx.console.preprocessing import show_preprocess
from ganfx.console.provenance import print_history, show_redone
from ganfx.console.reviewing import show_review
from ganfx.console.running import StoppedError, logged, stoppable
from ganfx.console.samples import show_samples
from ganfx.console.styles import show_card, show_presets, show_styles
from ganfx.console.stylizing import FramesFailedError, show_roles, show_stylize
from ganfx.console.training import show_cost, show_stopped, show_training

__all__ = [
    "FramesFailedError",
    "GateError",
    "StoppedError",
    "check_probe",
    "logged",
    "note",
    "open_in_browser",
    "print_error",
    "print_forecast",
    "print_history",
    "print_json",
    "print_result",
    "refuse_missed",
    "show_again",
    "show_card",
    "show_comparison",
    "show_cost",
    "show_evaluation",
    "show_export",
    "show_farm_progress",
    "show_files",
    "show_forecast",
    "show_gates",
    "show_job",
    "show_keys",
    "show_learned_before",
    "show_preferences",
    "show_preprocess",
    "show_presets",
    "show_proof",
    "show_redone",
    "show_review",
    "show_roles",
    "show_samples",
    "show_stopped",
    "show_styles",
    "show_stylize",
    "show_suggestions",
    "show_tasks",
    "show_training",
    "show_verified",
    "stoppable",
]
