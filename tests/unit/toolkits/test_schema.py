"""What a toolkit's YAML may hold, and that what it may not is refused with its file, line and field."""

import json
from decimal import Decimal

import pytest

from plumbline.toolkits import content, schema
from plumbline.toolkits.content import AnswerKind

GOOD = """\
key: visit
title: A visit
purpose: visit
sources: [Our own wording]
sections:
  - key: areas
    title: Areas
    criteria:
      - key: induction
        title: Induction
        guidance: Every new starter has one.
        answer: met
"""


def faults(text):
    return schema.check(text, "visit.yaml")[1]


def checked(text):
    found, wrong = schema.check(text, "visit.yaml")
    assert not wrong, [str(fault) for fault in wrong]
    return content.read(json.loads(json.dumps(found)))


def with_criterion(*lines, purpose="visit"):
    """GOOD with one criterion of these lines instead of its own; its first line is line 9."""
    head = GOOD.split("      - key: induction")[0].replace("purpose: visit", f"purpose: {purpose}")
    return head + "      - key: one\n" + "".join(f"        {line}\n" for line in lines)


def scored(*weights):
    """GOOD with scored questions of these weights."""
    head = GOOD.split("      - key: induction")[0]
    return head + "".join(
        f"      - {{key: q{number}, title: Question {number}, answer: score_0_5, weight: {weight}}}\n"
        for number, weight in enumerate(weights, start=1)
    )


def test_a_good_file_has_no_faults():
    assert faults(GOOD) == ()


def test_what_was_checked_is_read_as_content():
    assert checked(GOOD).criterion("induction").guidance == "Every new starter has one."


def test_what_is_left_out_is_filled_in():
    one = checked(GOOD).criterion("induction")
    assert (one.evidence, one.weight, one.minimum, one.critical, one.fact, one.due_days) == (
        "none",
        None,
        None,
        False,
        "",
        None,
    )


@pytest.mark.parametrize("kind", [kind for kind in AnswerKind if kind != AnswerKind.CHOICE])
def test_every_kind_of_answer_is_known(kind):
    assert checked(with_criterion("title: T", f"answer: {kind}")).criterion("one").answer == kind


def test_the_standard_scale_is_filled_in():
    found = checked(with_criterion("title: T", "answer: score_0_5")).criterion("one")
    assert [(option.code, option.points) for option in found.options] == [
        (str(n), Decimal(n)) for n in range(5, -1, -1)
    ]


def test_a_standard_scale_may_have_words_of_ones_own():
    found = checked(
        with_criterion("title: T", "answer: yes_no", "options: [{code: yes, label: Ja}, {code: no, label: No}]")
    )
    assert [option.label for option in found.criterion("one").options] == ["Ja", "No"]


def test_a_word_that_yaml_takes_for_true_stays_the_word():
    found = checked(
        with_criterion("title: Yes", "answer: choice", "options: [{code: yes, label: Yes}, {code: no, label: No}]")
    )
    assert [found.criterion("one").title, *(option.code for option in found.criterion("one").options)] == [
        "Yes",
        "yes",
        "no",
    ]


def test_weights_of_100_are_taken_exactly():
    found = checked(scored("33.33", "33.33", "33.34"))
    assert [one.weight for one in found.criteria] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


@pytest.mark.parametrize(("weights", "total"), [((50, 49), "99"), ((50, 51), "101"), ((33.3, 33.3, 33.3), "99.9")])
def test_weights_that_do_not_add_to_100_are_refused_with_their_sum(weights, total):
    assert f"add up to {total}, not to 100" in faults(scored(*weights))[0].reason


def test_a_fault_names_file_line_and_field():
    (fault,) = faults(with_criterion("title: T", "answer: smiley"))
    assert (fault.file, fault.line, fault.field) == ("visit.yaml", 11, "sections[1].criteria[1].answer")


def test_a_fault_reads_as_a_sentence():
    (fault,) = faults(with_criterion("title: T", "answer: smiley"))
    assert str(fault).startswith(
        "visit.yaml, line 11, sections[1].criteria[1].answer: “smiley” is not known; it is one of"
    )


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        (["answer: text"], "title", "“title” is missing"),
        (["title: T"], "answer", "“answer” is missing"),
        (["title:", "answer: text"], "title", "“title” is missing"),
        (["title: '  '", "answer: text"], "title", "“title” is empty"),
        (["title: " + "x" * 301, "answer: text"], "title", "at most 300"),
        (["title: [a, b]", "answer: text"], "title", "must be text"),
        (["title: T", "answer: text", "colour: red"], "colour", "no field “colour”"),
        (["title: T", "answer: text", "title: U"], "title", "given twice"),
        (["title: T", "answer: text", "evidence: perhaps"], "evidence", "one of required, optional, none"),
        (["title: T", "answer: document", "evidence: none"], "evidence", "cannot be without one"),
        (["title: T", "answer: text", "weight: 100"], "weight", "scale with points"),
        (["title: T", "answer: score_0_5", "weight: many"], "weight", "is a number such as"),
        (["title: T", "answer: score_0_5", "weight: 0"], "weight", "more than 0"),
        (["title: T", "answer: score_0_5", "weight: 1e2"], "weight", "is a number such as"),
        (["title: T", "answer: score_0_5", "minimum: 6"], "minimum", "6 is not on the scale, which is 0 to 5"),
        (["title: T", "answer: text", "minimum: 1"], "minimum", "can have a minimum"),
        (["title: T", "answer: text", "critical: perhaps"], "critical", "true or false"),
        (["title: T", "answer: text", "critical: !!bool x"], "critical", "true or false"),
        (["title: T", "answer: text", "due_days: soon"], "due_days", "whole number of days"),
        (["title: T", "answer: text", "fact: policy"], "fact", "joined by full stops"),
        (["title: T", "answer: choice"], "options", "needs its options"),
        (["title: T", "answer: choice", "options: [{code: a, label: A}]"], "options", "at least two"),
        (["title: T", "answer: text", "options: [{code: a, label: A}]"], "options", "has no options"),
        (["title: T", "answer: rag", "options: [{code: a, label: A}]"], "options", "green, amber, red"),
        (["title: T", "answer: choice", "options: [{code: a, label: A}, {code: a, label: B}]"], "options[2].code",
         "is on line"),
        (["title: T", "answer: choice", "options: [{code: A B, label: A}, {code: b, label: B}]"], "options[1].code",
         "small letters"),
        (["title: T", "answer: choice", "options: {a: A}"], "options", "must be a list"),
        (["title: T", "answer: yes_no", "options: [{code: yes, label: Y, points: 9}, {code: no, label: N}]"], "options",
         "cannot be changed"),
        (['title: "a\\0b"', "answer: text"], "title", "control character"),
        (['title: "a\\uD800b"', "answer: text"], "title", "control character"),
        (["title: !!python/name:os.system ''", "answer: text"], "title", "text is text"),
    ],
)  # fmt: skip
def test_a_criterion_that_will_not_do_is_refused_by_its_field(lines, field, words):
    found = faults(with_criterion(*lines))
    assert any(fault.field == f"sections[1].criteria[1].{field}" and words in fault.reason for fault in found)


def test_an_item_of_a_plan_must_say_when_it_is_due():
    (fault,) = faults(with_criterion("title: T", "answer: text", purpose="implementation"))
    assert fault.field == "sections[1].criteria[1].due_days"


def test_an_item_of_a_plan_may_be_due_before_the_start():
    text = with_criterion("title: T", "answer: text", "due_days: -28", purpose="implementation")
    assert checked(text).criterion("one").due_days == -28


def test_a_key_used_in_another_section_too_is_refused():
    more = "  - key: more\n    title: More\n    criteria:\n      - {key: induction, title: T, answer: text}\n"
    (fault,) = faults(GOOD + more)
    assert fault.reason == "the criterion “induction” is on line 9 already; each is used once."


def test_a_section_used_twice_is_refused():
    more = "  - key: areas\n    title: More\n    criteria:\n      - {key: other, title: T, answer: text}\n"
    assert "the section “areas” is on line 6" in faults(GOOD + more)[0].reason


def test_a_fact_asked_twice_is_refused():
    more = "      - {key: a, title: T, answer: text, fact: policy.dbs}\n      - {key: b, title: T, answer: text, fact: policy.dbs}\n"  # noqa: E501
    assert "the fact “policy.dbs” is on line 13" in faults(GOOD + more)[0].reason


@pytest.mark.parametrize("key", ["Visit", "2visit", "visit-two", "x" * 61, "../visit"])
def test_a_key_that_is_none_is_refused(key):
    assert faults(GOOD.replace("key: visit", f"key: {key}"))[0].field == "key"


def test_a_purpose_that_is_not_known_is_refused():
    assert "it is one of tender_stage1" in faults(GOOD.replace("purpose: visit", "purpose: fun"))[0].reason


def test_a_toolkit_without_sections_is_refused():
    assert faults(GOOD.split("sections:")[0])[0].field == "sections"


def test_an_empty_list_of_sections_is_refused():
    assert "“sections” is empty" in faults(GOOD.split("sections:")[0] + "sections: []\n")[0].reason


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "just words\n", "- a list\n", "null\n"])
def test_a_file_that_is_no_toolkit_is_refused(text):
    assert faults(text)


def test_everything_wrong_is_said_at_once_by_line():
    text = GOOD.replace("answer: met", "answer: smiley").replace("title: A visit", "title: ''")
    assert [fault.line for fault in faults(text)] == [2, 12]


@pytest.mark.parametrize(
    "text",
    [
        "key: [unclosed\n",
        "key: 'unclosed\n",
        "key: visit\n\ttitle: tabbed\n",
        "key: visit\n---\nkey: second\n",
        "key: a\x07bell\n",
        'key: "\\UFFFFFFFF"\n',
        "%YAML 9.9\n---\nkey: x\n",
        "key: visit: more\n",
    ],
)
def test_what_is_not_yaml_is_refused_and_breaks_nothing(text):
    assert schema.check(text, "visit.yaml")[0] is None


def test_the_line_of_a_broken_file_is_said():
    assert faults("key: visit\ntitle: 'never closed\nmore: x\n")[0].line >= 2


def test_references_that_would_grow_without_end_are_refused():
    laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert "references" in faults(laughs)[0].reason


def test_depth_without_end_is_refused():
    assert "deep inside" in faults("key: " + "[" * 5000)[0].reason


def test_a_file_without_end_is_refused():
    assert "longer than" in faults(GOOD + "#" * schema.LONGEST)[0].reason


def test_more_criteria_than_anybody_answers_are_refused():
    more = "".join(f"      - {{key: more{n}, title: T, answer: text}}\n" for n in range(schema.MOST_CRITERIA))
    assert "at most 300" in faults(GOOD + more)[-1].reason


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [echo]", "!!python/object:os.system {a: b}", "!own x"]
)
def test_an_object_of_the_language_is_never_built(tag):
    assert schema.check(GOOD.replace("title: A visit", f"title: {tag}"), "visit.yaml")[0] is None


@pytest.mark.parametrize(
    "code",
    ["{{ settings.SECRET_KEY }}", "{% debug %}", "${7*7}", "<script>alert(1)</script>", "=1+1", "#{7*7}", "%s %(x)s"],
)
def test_code_in_a_text_stays_the_text_that_it_is(code):
    assert checked(GOOD.replace("Every new starter has one.", f"'{code}'")).criterion("induction").guidance == code


def test_a_template_without_quotation_marks_is_no_text():
    assert "quotation marks" in faults(GOOD.replace("title: A visit", "title: {{ x }}"))[0].reason
