"""What one version of a toolkit asks otherwise than another."""

from plumbline.toolkits import comparing, content, schema

TEXT = """\
key: visit
title: A visit
purpose: visit
sections:
  - key: areas
    title: Areas
    criteria:
      - {key: a, title: First, answer: score_0_5, weight: 60}
      - {key: b, title: Second, answer: score_0_5, weight: 40}
  - key: end
    title: The end
    criteria:
      - {key: c, title: Third, answer: text}
"""


def compared(*changes):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    before, after = (content.read(schema.check(each, "visit.yaml")[0]) for each in (TEXT, text))
    return [(d.kind, d.where, d.what, d.before, d.after) for d in comparing.differences(before, after)]


def test_the_same_differs_in_nothing():
    assert compared() == []


def test_a_changed_weight_is_said_with_both():
    assert compared(("weight: 60", "weight: 70"), ("weight: 40", "weight: 30"))[0] == (
        "changed",
        "First",
        "Weight",
        "60",
        "70",
    )


def test_a_criterion_that_became_critical_is_said():
    assert compared(("Third, answer", "Third, critical: true, answer")) == [
        ("changed", "Third", "Critical", "No", "Yes")
    ]


def test_an_added_criterion_is_said():
    more = "answer: text}\n      - {key: d, title: Fourth, answer: text}"
    assert compared(("answer: text}", more)) == [("added", "The end", "Criterion", "", "Fourth")]


def test_a_removed_section_is_said_with_its_criteria():
    gone = TEXT[TEXT.index("  - key: end") :]
    assert compared((gone, "")) == [
        ("removed", "The end", "Criterion", "Third", ""),
        ("removed", "The end", "Section", "The end", ""),
    ]


def test_a_changed_kind_of_answer_is_said_with_its_options():
    assert [what for _, _, what, _, _ in compared(("Third, answer: text", "Third, answer: rag"))] == [
        "Kind of answer",
        "Options",
    ]


def test_a_changed_title_of_the_toolkit_is_said():
    assert compared(("A visit", "Our visit")) == [("changed", "The toolkit", "Title", "A visit", "Our visit")]


def test_another_order_is_said():
    swapped = (("key: a, title: First", "key: x, title: First"), ("key: b, title: Second", "key: a, title: First"))
    assert compared(*swapped, ("key: x, title: First", "key: b, title: Second"))[-1][2] == "Order of the criteria"


def test_a_criterion_in_another_section_is_said():
    line = "      - {key: c, title: Third, answer: text}\n"
    text = ("      - {key: b,", line + "      - {key: b,")
    found = compared((TEXT[TEXT.index("  - key: end") :], ""), text)
    assert ("changed", "Third", "Section", "The end", "Areas") in found
