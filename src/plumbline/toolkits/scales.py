"""The standard scales: code, words and points of each answer (domain.md 2.3, 3.4, 4.5, 6.1). A toolkit may put words of
its own in place of these; codes and points stay, so that answers given under two versions can be compared."""

from plumbline.toolkits.content import AnswerKind

STANDARD: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    AnswerKind.PASS_FAIL: (("pass", "Pass", None), ("fail", "Fail", None)),
    AnswerKind.YES_NO: (("yes", "Yes", None), ("no", "No", None)),
    AnswerKind.SCORE_0_5: (
        ("5", "5: Excellent. Everything is met and more is offered, with strong evidence and no reservations", "5"),
        ("4", "4: Good. Everything is met, with good evidence", "4"),
        ("3", "3: Satisfactory. Most is met; the gaps are small", "3"),
        ("2", "2: Limited. Partly met; there are gaps", "2"),
        ("1", "1: Poor. There are serious gaps", "1"),
        ("0", "0: Unacceptable. No answer, or nothing that can be used", "0"),
    ),
    AnswerKind.FOUR_GRADES: (
        ("outstanding", "Outstanding", "4"),
        ("good", "Good", "3"),
        ("requires_improvement", "Requires improvement", "2"),
        ("inadequate", "Inadequate", "1"),
    ),
    AnswerKind.RAG: (
        ("green", "Green: fully met, with evidence", None),
        ("amber", "Amber: partly met, with an action plan", None),
        ("red", "Red: not met", None),
    ),
    AnswerKind.MET: (
        ("met", "Met", None),
        ("partly", "Partly met", None),
        ("not_met", "Not met", None),
        ("not_seen", "Not seen", None),
    ),
}
