"""The council's own words: how a sentence is made of them, on which day, and what is never touched."""

from dataclasses import dataclass
from datetime import date

import pytest

from plumbline.kernel import labels
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import LABELS, Said, as_shipped, say, speaking, spoken, wording_on, words_of

FAMILY_HELP = {"tac": "family help plan", "tacs": "family help plans", "tac_long": "early help plan of a family"}


def in_family_help():
    return speaking(lambda: words_of({"tac": FAMILY_HELP}))


@pytest.mark.parametrize(
    ("word", "with_article"),
    [
        ("TAC", "a TAC"), ("MASH", "a MASH"), ("FHP", "an FHP"), ("LSCB", "an LSCB"), ("EHM plan", "an EHM plan"),
        ("early help plan", "an early help plan"), ("Family Help plan", "a Family Help plan"), ("unit", "a unit"),
        ("hour of help", "an hour of help"), ("European plan", "a European plan"), ("umbrella", "an umbrella"),
        ("uninvited plan", "an uninvited plan"), ("one-stop plan", "a one-stop plan"),
    ],
)  # fmt: skip
def test_the_article_is_as_the_word_is_said(word, with_article):
    assert f"{labels.article(word)} {word}" == with_article


def test_a_sentence_is_said_in_the_words_of_who_says_it_and_as_shipped_elsewhere():
    text = "{A_tac} is {a_tac_long}. {Tacs} open: no {tac}."

    with in_family_help():
        assert (
            say(text)
            == "A family help plan is an early help plan of a family. Family help plans open: no family help plan."
        )
        with as_shipped():
            assert say("{Tacs}") == "TACs"
    assert say(text) == "A TAC is a Team Around the Child. TACs open: no TAC."


def test_other_braces_and_what_is_put_beside_the_words_stay():
    with in_family_help():
        assert say("{about} {detail} {{tacs}}") == "{about} {detail} {{tacs}}"
        # As the code puts a typed text beside words of ours.
        typed = "the TAC {tac} of the school"
        assert f"{say('{Tac}')}: {typed}" == "Family help plan: the TAC {tac} of the school"


def test_a_name_in_capitals_throughout_and_every_place_of_a_form():
    assert say("{Contact_Centre}, {Contact_centre}, {contact_centre}") == (
        "Customer Service Centre, Customer service centre, customer service centre"
    )
    with speaking(lambda: words_of({"contact_centre": {"contact_centre": "MASH front door"}})):
        assert say("{Contact_Centre}, {Contact_centre}, {a_contact_centre}") == (
            "MASH Front Door, MASH front door, a MASH front door"
        )


def test_what_is_in_force_on_a_day_is_the_newest_that_has_begun():
    rows = [
        ("board", date(2019, 9, 29), {"board": "partnership"}),
        ("tac", date(2025, 4, 1), {"tac": "FHP"}),
        ("tac", date(2018, 4, 1), {"tac": "EHP"}),
    ]

    assert [
        wording_on(rows, day).get("tac", {}).get("tac")
        for day in (
            date(2018, 3, 31),
            date(2018, 4, 1),
            date(2025, 3, 31),
            date(2025, 4, 1),
        )
    ] == [None, "EHP", "EHP", "FHP"]
    assert wording_on(rows, date(2019, 9, 28)).keys() == {"tac"}


def test_a_form_that_an_older_wording_has_not_is_as_shipped():
    assert words_of({"tac": {"tac": "FHP"}})["tacs"] == "TACs"


def test_texts_of_a_class_and_of_a_table_are_said_when_they_are_read():
    @spoken("title")
    @dataclass(frozen=True, slots=True)
    class Heading:
        title: str
        key: str

    heading, table = Heading("{Tacs} open", "{tacs}"), Said({"a": "no {tac}"})

    with in_family_help():
        assert (heading.title, heading.key, table["a"], list(table)) == (
            "Family help plans open",
            "{tacs}",
            "no family help plan",
            ["a"],
        )
    assert (heading.title, table["a"]) == ("TACs open", "no TAC")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "missing_words"), ("  ", "missing_words"), ("x" * 81, "long_words"), ("a\nb", "bad_words"),
     ("{tac}", "bad_words"), ("a\x00b", "bad_words"), ("<b>", "bad_words")],
)  # fmt: skip
def test_words_that_cannot_stand_in_a_sentence_are_refused(text, code):
    with pytest.raises(RuleBroken) as refused:
        labels.check_forms("tac", {**FAMILY_HELP, "tacs": text})
    assert refused.value.code == code


def test_every_example_shows_every_form_of_its_label():
    for label in LABELS.values():
        for form in label.forms:
            assert form.shipped in labels.in_words(label, {}), form.name
