"""What people typed is text in every component, however it is handed over."""

from types import SimpleNamespace

import pytest
from django.template import Context, engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from plumbline.web.kit import tables

BAD = '"><script>x</script>'


def drawn(source: str, **context: object) -> str:
    # A template's loader compiles components; a string has none.
    template = engines["django"].from_string(CottonCompiler().process("{% load plumbline %}" + source))
    return template.template.render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '<c-card title="{{ bad }}" value="1" />',
        '<c-card :title="bad" value="1" />',
        '<c-tag :state="bad" :word="bad" />',
        '<c-button href="{{ bad }}">x</c-button>',
        '<c-chart :src="bad" :alt="bad" :title="bad">x</c-chart>',
        '<c-warning :reasons="several" />',
        '<c-summary-list :rows="pairs" />',
        '<c-details :summary="bad">x</c-details>',
        '<c-counts :counts="counts" />',
    ],
)
def test_what_was_typed_is_never_markup(source: str) -> None:
    counts = [{"number": 1, "label": BAD, "url": BAD, "kind": BAD}]
    page = drawn(
        source,
        bad=BAD,
        several=[BAD, {"sentence": BAD, "url": BAD, "link": BAD}],
        pairs=[(BAD, BAD, BAD, BAD)],
        counts=counts,
    )
    assert ("<script" in page, "&lt;script" in page) == (False, True)


def test_a_cell_is_never_markup() -> None:
    class Rows(tables.Table):
        columns = (tables.Column("name", "Name", note="name", kind="name", link=lambda row: row.name),)

    table = Rows(RequestFactory().get("/", {"q": BAD, "sort": BAD}), [SimpleNamespace(name=BAD)])
    page = drawn('<c-table :table="table" />', table=table)
    assert ("<script" in page, "&lt;script" in page) == (False, True)


def test_a_component_takes_no_name_of_the_page_for_its_own() -> None:
    assert "href" not in drawn('<c-card title="Open TACs" />', url="/elsewhere/")


def test_nothing_wrong_draws_nothing() -> None:
    assert drawn('<c-warning :reasons="none" />', none=[]).strip() == ""


def test_a_state_is_a_word_and_a_shape() -> None:
    assert drawn('<c-tag state="adverse">Adverse</c-tag>').strip() == (
        '<strong class="pl-tag pl-tag--red"><span class="pl-tag__shape" aria-hidden="true">■</span>Adverse</strong>'
    )
