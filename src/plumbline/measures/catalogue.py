"""Every measure there is, by its key."""

from collections.abc import Mapping
from difflib import get_close_matches

from plumbline.kernel.errors import RuleBroken
from plumbline.measures.definitions import buying, early_help, placements
from plumbline.measures.model import Measure

CATALOGUE: Mapping[str, Measure] = {
    measure.key: measure for measure in (*early_help.MEASURES, *placements.MEASURES, *buying.MEASURES)
}


def get(key: str) -> Measure:
    """Raises RuleBroken (unknown_measure), naming the measures whose keys are near."""
    if key in CATALOGUE:
        return CATALOGUE[key]
    near = get_close_matches(key.strip().lower(), CATALOGUE, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else " `plumbline measures` lists all of them."
    raise RuleBroken(f"There is no measure “{key}”.{hint}", code="unknown_measure")
