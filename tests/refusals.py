"""That something is refused, and with which code."""

from collections.abc import Callable

import pytest

from plumbline.kernel.errors import RuleBroken


def raises(code: str) -> pytest.RaisesExc[RuleBroken]:
    """`with raises("wrong_state"):` what is done in it is refused, with this code."""
    return pytest.raises(RuleBroken, check=lambda refusal: refusal.code == code)


def code_of(check: Callable[..., object], *given: object, **named: object) -> str:
    """The code with which a rule refuses what it is given; "" where it does not."""
    try:
        check(*given, **named)
    except RuleBroken as refusal:
        return refusal.code
    return ""
