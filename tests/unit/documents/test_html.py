from html.parser import HTMLParser
from itertools import pairwise

import pytest

from plumbline.documents import html
from tests.unit.documents import sample

VOID = {"img", "meta"}


class Tree(HTMLParser):
    """Every tag with its attributes, and whether all of them are closed in order."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.open, self.wrong = [], [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def fragment():
    return Tree(html.fragment(sample.report()))


@pytest.fixture(scope="module")
def page():
    return Tree(html.page(sample.report()))


def test_every_tag_is_closed_in_order(page):
    assert (page.wrong, page.open) == ([], [])


def test_every_id_is_given_once(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


def test_every_mark_opens_a_figure_of_the_list(page):
    ids = {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}
    assert {link["href"] for link in page.all("a")} <= ids


def test_headings_go_down_one_level_at_a_time(fragment):
    levels = [int(tag[1]) for tag, _ in fragment.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_there_is_one_first_heading(fragment):
    assert len(fragment.all("h1")) == 1


def test_a_page_may_say_the_title_itself():
    assert Tree(html.fragment(sample.report(), with_title=False)).all("h1") == []


def test_every_table_has_a_caption_and_scopes(fragment):
    assert len(fragment.all("caption")) == len(fragment.all("table"))
    assert {attributes.get("scope") for attributes in fragment.all("th")} == {"col", "row"}


def test_every_chart_has_its_figures_as_alternative(fragment):
    assert [image["alt"] for image in fragment.all("img")] == [
        chart.alternative
        for chart in (
            sample.OPEN_CHART,
            sample.DISTRICTS_CHART,
            sample.OUTCOMES_CHART,
            sample.COMPARED_CHART,
            sample.GRADES_CHART,
        )
    ]


def test_every_chart_has_its_table_behind_a_summary(fragment):
    assert len(fragment.all("details")) == len(fragment.all("img")) == 5


def test_a_page_gives_the_addresses_of_its_charts():
    tree = Tree(html.fragment(sample.report(), chart_address=lambda chart: f"/charts/{len(chart.series)}.svg?a=1&b=2"))
    assert tree.all("img")[0]["src"] == "/charts/1.svg?a=1&b=2"


def test_a_page_gives_the_addresses_of_its_figures():
    tree = Tree(
        html.fragment(sample.report(), figure_address=lambda figure: f"/figures/{figure.ref}", with_figures=False)
    )
    assert {"/figures/tac_open@2016-06-30"} <= {link["href"] for link in tree.all("a")}


def test_without_a_list_or_addresses_a_figure_is_no_link():
    assert Tree(html.fragment(sample.report(), with_figures=False)).all("a") == []


def test_nothing_breaks_a_strict_content_security_policy(fragment):
    forbidden = [
        (tag, name)
        for tag, attributes in fragment.tags
        for name in attributes
        if name == "style" or name.startswith("on")
    ]
    assert forbidden == []
    assert fragment.all("script") == []


def test_the_file_fetches_nothing(page):
    addresses = [image["src"][:26] for image in page.all("img")]
    assert set(addresses) == {"data:image/svg+xml;base64,"}
    assert page.all("link") == page.all("script") == []


def test_the_file_says_its_language_and_title():
    text = html.page(sample.report())
    assert '<html lang="en-GB">' in text
    assert "<title>Safeguarding assurance: questions 5, 6 and 7 – Brayshire County Council</title>" in text


def test_the_council_colours_the_file():
    assert "border-top:.6rem solid #00703c" in html.page(sample.report(colour="#00703c"))
