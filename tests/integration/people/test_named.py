"""A name is found however it is typed, in a column without a key as well as by its key."""

import ast

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbline.kernel.names import sort_key
from plumbline.people.models import Child, Organisation
from plumbline.people.named import _folded, words_named
from tests.architecture.source import modules

pytestmark = pytest.mark.django_db

TYPED = {
    "Łukasz Ośko": ("lukasz", "Łukasz", "osko", "LUKASZ  OŚKO"),
    "Søren Ørsted": ("soren", "orsted", "ørsted"),
    "Siân O’Brien–Hughes": ("sian", "o'brien", "O‘Brien", "brien-hughes", "Brien–Hughes"),
    "Đorđe Þórsson": ("dorde", "thorsson"),
    "Strauß": ("strauss", "STRAUẞ"),
    "100% Care_Homes\\": ("100%", "care_homes", "homes\\"),
}


@pytest.mark.parametrize(("name", "typed"), [(name, typed) for name, all_ in TYPED.items() for typed in all_])
def test_what_is_typed_finds_the_name(name: str, typed: str) -> None:
    Organisation.objects.create(name=name, sort_key=sort_key(name), sector="other")
    assert list(Organisation.objects.filter(name__named=typed).values_list("name", flat=True)) == [name]
    assert Organisation.objects.filter(words_named("name", typed)).count() == 1
    assert Organisation.objects.filter(sort_key__contains=sort_key(typed)).count() == 1


def test_what_is_not_in_the_name_finds_nothing() -> None:
    Organisation.objects.create(name="Alder_Care", sort_key="x", sector="other")
    assert not Organisation.objects.filter(name__named="alder%care").exists()
    assert not Organisation.objects.filter(name__named="aldercare").exists()


# Letters of the alphabets of Europe with their marks, and what stands between them.
LETTERS = st.characters(min_codepoint=0x20, max_codepoint=0x24F) | st.characters(
    min_codepoint=0x300, max_codepoint=0x36F
)
MORE = st.sampled_from("’‘ʼ–—‑ΑΩάςσИйŵŷ\u1e9e\u0130ıﬁ") | LETTERS


def test_the_database_folds_each_letter_of_the_alphabets_of_europe_as_we_do() -> None:
    """Latin, marks, Greek, Cyrillic and their further letters, one by one and between two others."""
    letters = [chr(code) for part in (range(0x20, 0x530), range(0x1E00, 0x2000)) for code in part]
    texts = [text for letter in letters for text in (letter, f"a{letter}B")]
    with connection.cursor() as cursor:
        cursor.execute(f"select t, btrim({_folded('t')}) from unnest(%s::text[]) t", [texts])
        differing = {text: folded for text, folded in cursor.fetchall() if folded != sort_key(text)}
    assert differing == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.text(MORE))
def test_the_database_folds_a_name_as_we_do(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select btrim({_folded('%s::text')})", [name])
        assert cursor.fetchone()[0] == sort_key(name)


# Numbers and codes, which are compared as they are written.
CODES = {
    "reference",
    "urn",
    "source_id",
    "urn_wording",
    "file",
    "code",
    "row_id",
    "ocid",
    "key",
    "value",
    "username",
    "to_address",
}


def test_no_name_is_searched_in_another_way() -> None:
    found = [
        f"{module.place(node)} {word}"
        for module in modules()
        for node in ast.walk(module.tree)
        for word in _lookups(node)
        if "icontains" in word and word.split("__")[-2] not in CODES | {"label"}
    ]
    assert found == []


def _lookups(node: ast.AST) -> list[str]:
    if isinstance(node, ast.keyword) and node.arg and "__" in node.arg:
        return [node.arg]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("__icontains"):
        return [node.value]
    return []


def test_children_are_found_by_every_word_of_their_names() -> None:
    child = Child.objects.create(source_id="P1", forename="Zoë", surname="Łoś", sort_key=sort_key("Łoś, Zoë"))
    assert list(Child.objects.filter(sort_key__contains=sort_key("ZOE"))) == [child]
