"""Output of ``ganfx evaluate``: scores as tables or JSON, and gates that fail."""

from __future__ import annotations

import json as json_format
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ganfx.console.evaluation_tables import goldens_table, look_table, shots_table, styles_table
from ganfx.console.output import count, note, print_result, print_table
from ganfx.console.running import to_json
from ganfx.errors import EXIT_GATE, GanfxError

if TYPE_CHECKING:
    from ganfx.quality.evaluation import Evaluation
    from ganfx.quality.gates import GateMissed
    from ganfx.styles.header import Gates
    from ganfx.stylize.chunk_check import SplitProved

FORMER_KEYS = {"source_flat_area_noise": "source_unrest", "flat_area_noise": "unrest"}
"""Keys of the JSON of a look that are there under the name of version 0.1.0 too."""
LISTED = 12
"""Pictures that an error names; --json, --csv and --html have all."""
ADVICE = {
    "--min-structure": "compare the pictures; --min-structure sets another limit",
    "--max-grid": "look at the pictures at full size; --max-grid sets another limit",
    "--max-unrest": "look at skies and walls; --max-unrest sets another limit",
    "--max-distance": "the untouched photos and the copies in the table say what is near and far",
    "--max-kid": "the untouched photos and the copies in the table say what is near and far",
    "--max-flip": "look at both; where the new one is right, it is the next golden",
    "--max-error": "look at both; where the new one is right, it is the next golden",
}


class GateError(GanfxError):
    """Something is not as good as was asked for."""

    exit_code = EXIT_GATE


def show_evaluation(events: Iterable[Any], *, json: bool = False) -> Evaluation:
    """Show scores on stdout as they are found; returns them all.

    Args:
        events: Scores of `ganfx.quality`, and verdicts of `ganfx.quality.gates`.
        json: Every one as a line of JSON, instead of tables.
    """
    from ganfx.quality.evaluation import Evaluation

    found = Evaluation()
    for event in events:
        found.add(event)
        if json:
            print_result(_as_json(event))
        elif told := found.progress(event):
            note(told)
    if not json:
        _show_tables(found)
    for verdict in found.unmeasured:
        note(f"{verdict.gate} was held to nothing: {verdict.of}: {verdict.why}")
    return found


def _show_tables(found: Evaluation) -> None:
    tables = [shots_table(found.shots)] if found.shots else []
    tables += [look_table(score) for score in found.looks]
    tables += [styles_table(found.styles)] if found.styles else []
    tables += [goldens_table(found.goldens)] if found.goldens else []
    for table in tables:
        print_table(table)
    for score in found.looks:
        weakest = f"the weakest structure is {score.weakest.structure:.2f}"
        print_result(f"{count(score.pictures, 'picture')}; {weakest}, of {score.weakest.picture}")
    if found.goldens:
        same = sum(score.error == 0 for score in found.goldens)
        print_result(f"{count(len(found.goldens), 'picture')}; {same} the same in every value")


def refuse_missed(missed: Sequence[GateMissed], marks: Sequence[str] = ()) -> None:
    """Fail where a limit was not kept.

    Args:
        missed: What was not.
        marks: Options of what was laid over the frames and changes on purpose: ``--grain 0.03``.

    Raises:
        GateError: With the frames that are beyond it.
    """
    if not missed:
        return
    advice = {**ADVICE, "--max-ratio": _steadier(marks), "--max-tone": _steadier(marks)}
    hints = dict.fromkeys(advice[each.gate] for each in missed)
    told = [f"{each.message}{_frames(each.frames)}" for each in missed]
    head = "" if len(told) == 1 else f"{len(told)} limits were not kept\n"
    raise GateError(head + "\n".join(told), hint="; ".join(hints))


def _frames(frames: Sequence[str]) -> str:
    """On a line of their own: numbers as ranges, pictures by name."""
    from ganfx.quality.wording import ranges, some

    if not frames:
        return ""
    if all(frame.isdecimal() for frame in frames):
        return f"\n  from frames {ranges([int(frame) for frame in frames])} to the next ones"
    return f"\n  {some(frames, LISTED)}"


def _steadier(marks: Sequence[str]) -> str:
    """Advice on lowering the number: first the effects that are there on purpose."""
    higher = "a higher --consistency of ganfx stylize holds shots stiller"
    if not marks:
        return f"{higher}; grain and lines count as flicker: measure with --grain 0 --lines 0"
    off = " ".join(f"{mark.split()[0]} 0" for mark in marks)
    return (
        f"the frames have {', '.join(marks)}, which count as flicker, and which --consistency"
        f" does not steady: measure frames made with {off}; if these are over the limit, {higher}"
    )


def show_gates(looks: Sequence[str], gates: Gates) -> None:
    """Tell which limits the looks of finished pictures have."""
    if not looks:
        return  # of another tool, or without their record: the limits are the user's to give
    limits = []
    if gates.min_structure is not None:
        limits.append(f"structure at least {gates.min_structure:g}")
    if gates.max_grid is not None:
        limits.append(f"a grid at most {gates.max_grid:g} times the source's")
    note(f"gates of {', '.join(looks)}: {', '.join(limits) or 'none'}")


def show_proof(splits: Iterable[SplitProved]) -> None:
    """Show what came of each split of the shots, a line each.

    Raises:
        GateError: Some files of a split are not those of the whole.
    """
    different: list[str] = []
    for split in splits:
        same = "equal" if not split.different else f"{len(split.different)} different"
        print_result(f"split {split.split}: {' | '.join(split.chunks)}: {split.files} files {same}")
        different += split.different
    if different:
        more = len(different) - 1
        raise GateError(
            f"not as in the whole: {different[0]}" + (f" and {more} more" if more else "")
        )


def _as_json(event: Any) -> str:
    """A score as one JSON object, with `FORMER_KEYS`; null for what is no finite number."""
    return json_format.dumps(_plain(json_format.loads(to_json(event))))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        plain = {name: _plain(each) for name, each in value.items()}
        return plain | {old: plain[new] for new, old in FORMER_KEYS.items() if new in plain}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
