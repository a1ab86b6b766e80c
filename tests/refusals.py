"""What a rule answers to, in one word: the code of its refusal."""

from collections.abc import Callable

from plumbline.kernel.errors import RuleBroken


def code_of(check: Callable[..., object], *given: object, **named: object) -> str:
    """The code with which a rule refuses what it is given; "" where it does not."""
    try:
        check(*given, **named)
    except RuleBroken as refusal:
        return refusal.code
    return ""
