"""Names are looked up and listed by a key in which only the letters count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.kernel.names import sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("O’Brien", "o'brien"), ("O‘Brien", "o'brien"), ("OʼBrien", "o'brien"), ("O`Brien", "o'brien"),
        ("Smith–Jones", "smith-jones"), ("Smith‑Jones", "smith-jones"), ("Smith—Jones", "smith-jones"),
        ("Łukasz Ośko", "lukasz osko"), ("Søren Ǿrsted", "soren orsted"), ("Đorđe", "dorde"),
        ("Þór Sæmundsson", "thor saemundsson"),
        ("Zoë  Nuñez", "zoe nunez"), ("Işıl", "isil"), ("Straße", "strasse"), ("İnci", "inci"),
        ("\u00a0Anna\tBell ", "anna bell"),
    ],
)  # fmt: skip
def test_letters_and_signs_that_people_type_otherwise_have_one_key(name: str, key: str) -> None:
    assert sort_key(name) == key


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    assert sort_key(sort_key(name)) == sort_key(name)


@given(st.text())
def test_capital_letters_and_white_space_make_no_difference(name: str) -> None:
    assert sort_key(f"  {name}\n") == sort_key(name)
