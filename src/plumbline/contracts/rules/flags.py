"""The two kinds of flag about a contract's colour, and what they say."""

from collections.abc import Sequence
from typing import Protocol

from plumbline.contracts.rules import rating

KIND_OF = {rating.AMBER: "contract_amber", rating.RED: "contract_red"}
KINDS = frozenset(KIND_OF.values())
_MOST_SAID = 3


class Reason(Protocol):
    @property
    def sentence(self) -> str: ...


def reason(reference: str, reasons: Sequence[Reason]) -> str:
    """What a flag says: the contract, and its first reasons in words (`reasons`: the worst first)."""
    said = " ".join(each.sentence for each in reasons[:_MOST_SAID])
    more = len(reasons) - _MOST_SAID
    return f"{reference}: {said}" + (f" And {more} more." if more > 0 else "")


def why_closed(colour: str | None) -> str:
    """Why the flag about a contract's colour is closed; `colour`: what it is now, None where it is not in force."""
    if colour is None:
        return "The contract is not in force any more."
    return f"The contract is {colour} now." if colour in KIND_OF else "Nothing counts against the contract any more."
