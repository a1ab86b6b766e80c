"""What flags are about beside placements and settings: the page, and whether what a flag says is so."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from plumbline.actions import flagging as actions
from plumbline.evidence import flagging as evidence
from plumbline.flags.models import Flag
from plumbline.flags.rules import Wanted
from plumbline.toolkits import flagging as returns
from plumbline.web.kit import subjects
from plumbline.web.kit.subjects import SUBJECTS, Subject

# What placements says itself: the flags that should be open about it are worked out together.
_OF_PLACEMENTS = frozenset({"placement", "setting", "exception", "child", "tac"})
# The flags about these that should be open on a day; of the others only the night's turn knows, and a flag closes by
# itself.
_WANTED: Mapping[str, Callable[[date], Sequence[Wanted]]] = {
    "action": actions.wanted,
    "document": evidence.wanted,
    "return": returns.wanted,
}


def about(subject_type: str) -> Subject | None:
    """What the flag is about, where that is neither a placement nor a setting."""
    return None if subject_type in _OF_PLACEMENTS else SUBJECTS.get(subject_type)


def address(flag: Flag) -> str:
    """The page of what the flag is about; "" where it has none."""
    return subjects.address(flag.subject_type, flag.subject_id) if about(flag.subject_type) else ""


def still_so(flag: Flag, *, on: date) -> bool:
    """Whether what a flag about one of these says is still the case: then nobody closes it by hand."""
    wanted = _WANTED.get(flag.subject_type)
    if wanted is None:
        return True
    named = (flag.kind, flag.subject_type, flag.subject_id)
    return any(want.about == named for want in wanted(on))
