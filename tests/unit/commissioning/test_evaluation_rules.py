"""What a moderation must say before a score is agreed."""

import pytest

from plumbline.commissioning.rules.evaluation import check_agreed, check_comment
from plumbline.kernel.errors import RuleBroken

FAR = ["Ada Ash scored 1."]


@pytest.mark.parametrize(
    ("discussion", "reason", "why_needed", "code"),
    [
        (" ", "Because.", [], "missing_discussion"),
        ("We talked.", " ", FAR, "missing_reason"),
        ("We talked.", "", [], ""),
        ("We talked.", "Because.", FAR, ""),
    ],
)
def test_an_agreed_score_is_explained(discussion: str, reason: str, why_needed: list[str], code: str) -> None:
    found = ""
    try:
        check_agreed(discussion=discussion, reason=reason, why_needed=why_needed)
    except RuleBroken as refusal:
        found = refusal.code
    assert found == code


def test_a_score_without_its_reason_is_refused() -> None:
    check_comment("It answers the question.")
    with pytest.raises(RuleBroken, match="Say why"):
        check_comment(" ")
