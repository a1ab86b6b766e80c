"""Numbers of organisations in the one form in which they are compared."""

import pytest

from plumbline.kernel.identifiers import any_form, in_one_form, one_form, read


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("01234567", "01234567"),
        ("1234567", "01234567"),
        ("7", "00000007"),
        (" 123 4567 ", "01234567"),
        ("1234567.0", "01234567"),
        ("0001234567", "01234567"),
        ("sc012345", "SC012345"),
        ("SC12345", "SC012345"),
        ("NI000123", "NI000123"),
        ("OC301540", "OC301540"),
        ("R0000123", "R0000123"),
        ("IP12345R", "IP12345R"),
        ("GB-COH-1234567", "01234567"),
        ("458577871", "458577871"),
    ],
)
def test_a_company_number_has_its_zeros_and_its_prefix_its_own(said: str, kept: str) -> None:
    assert one_form("GB-COH", said) == kept


@pytest.mark.parametrize(
    ("scheme", "said", "kept"),
    [
        ("GB-CHC", "0212424", "212424"),
        ("GB-CHC", "1234567-1", "1234567-1"),
        ("GB-SC", "12345", "SC012345"),
        ("GB-PPON", "pnzp2934jxrt", "PNZP-2934-JXRT"),
        ("gb-ppon", "PNZP-2934-JXRT", "PNZP-2934-JXRT"),
        ("GB-SRS", "sid4gov.example/3", "SID4GOV.EXAMPLE/3"),
    ],
)
def test_the_number_of_any_other_register_is_as_that_register_writes_it(scheme: str, said: str, kept: str) -> None:
    assert one_form(scheme, said) == kept


@pytest.mark.parametrize("said", ["", " ", "N/A", "none", "00000000", "0", "-", "TBC", "not applicable"])
def test_what_people_write_where_there_is_no_number_is_none(said: str) -> None:
    assert in_one_form([("GB-COH", said)]) == ()


def test_one_number_written_twice_is_one() -> None:
    assert in_one_form([("GB-COH", "1234567"), ("gb-coh", "0123 4567")]) == (("GB-COH", "01234567"),)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("GB-COH-1234567", ("GB-COH", "01234567")),
        ("GB-COH: 1234567", ("GB-COH", "01234567")),
        ("GB-CHC 1012345", ("LOCAL", "GB-CHC1012345")),
        ("GB-CHC-1012345", ("GB-CHC", "1012345")),
        ("01234567", ("GB-COH", "01234567")),
        ("NI012345", ("GB-COH", "NI012345")),
        ("PNZP-2934-JXRT", ("GB-PPON", "PNZP-2934-JXRT")),
        ("SUP 7", ("LOCAL", "SUP7")),
        ("GB-COH-", ("LOCAL", "GB-COH-")),
        ("", ("", "")),
    ],
)
def test_a_cell_says_whose_register_its_number_is_of(cell: str, said: tuple[str, str]) -> None:
    assert read(cell) == said


def test_six_or_seven_digits_alone_can_be_a_charitys_or_a_companys_and_are_not_guessed() -> None:
    assert read("1234567") == ("LOCAL", "1234567")


def test_a_number_that_is_looked_for_is_found_under_every_register() -> None:
    assert {"01234567", "1234567"} <= any_form("1234567")
