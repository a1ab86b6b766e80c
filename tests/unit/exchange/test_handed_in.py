"""Files as someone hands them in: names, sizes, zips."""

import io
import zipfile
from pathlib import Path

import pytest

from plumbline.exchange.handed_in import Given, Limits, safe_name, store
from plumbline.kernel.errors import RuleBroken


def a_file(name: str, content: bytes = b"a,b\n1,2\n") -> Given:
    return Given(name, io.BytesIO(content))


def a_zip(**files: bytes) -> Given:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__dot__", ".").replace("__slash__", "/"), content)
    packed.seek(0)
    return Given("all.zip", packed)


def refused(given: list[Given], folder: Path, **limits: int) -> str:
    with pytest.raises(RuleBroken) as refusal:
        store(given, folder, limits=Limits(**limits))
    return refusal.value.code


def test_files_are_stored_under_their_names(tmp_path):
    assert store([a_file("ssd_person.csv"), a_file("b.CSV")], tmp_path / "x") == ["b.CSV", "ssd_person.csv"]


def test_a_zip_is_unpacked_flat(tmp_path):
    store([a_zip(**{"folder__slash__ssd_person__dot__csv": b"x"})], tmp_path / "x")
    assert (tmp_path / "x" / "ssd_person.csv").read_bytes() == b"x"


def test_what_a_mac_adds_is_left_out(tmp_path):
    given = a_zip(**{"__MACOSX__slash__._a__dot__csv": b"x", "__dot__DS_Store": b"x", "a__dot__csv": b"y"})
    assert store([given], tmp_path / "x") == ["a.csv"]


@pytest.mark.parametrize("name", ["../../etc/a.csv", "..\\a.csv", "/etc/a.csv"])
def test_a_name_that_leads_elsewhere_loses_its_way(name):
    assert safe_name(name) == "a.csv"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (".hidden.csv", "unsafe_name"), ("a\n.csv", "unsafe_name"), ("", "unsafe_name"), ("a;rm.csv", "unsafe_name"),
        ("a.exe", "wrong_ending"), ("a.csv.php", "wrong_ending"), ("a", "wrong_ending"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_a_file_of_ours_is_refused(name, code):
    with pytest.raises(RuleBroken) as refusal:
        safe_name(name)
    assert refusal.value.code == code


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path):
    assert refused([a_zip(**{"a__dot__csv": b"0" * 5_000_000})], tmp_path / "x", bytes=1_000_000) == "too_large"


def test_two_files_together_are_counted(tmp_path):
    assert refused([a_file("a.csv", b"0" * 60), a_file("b.csv", b"0" * 60)], tmp_path / "x", bytes=100) == "too_large"


def test_too_many_files_are_refused(tmp_path):
    assert refused([a_file("a.csv"), a_file("b.csv")], tmp_path / "x", files=1) == "too_many_files"


def test_two_files_of_one_name_are_refused(tmp_path):
    assert refused([a_file("a.csv"), a_file("A.CSV")], tmp_path / "x") == "two_of_one_name"


def test_a_damaged_zip_is_refused(tmp_path):
    assert refused([a_file("all.zip", b"PK\x03\x04 and no more")], tmp_path / "x") == "bad_zip"


def test_an_empty_zip_is_refused(tmp_path):
    assert refused([a_zip()], tmp_path / "x") == "nothing_handed_in"


def test_what_is_refused_leaves_nothing_behind(tmp_path):
    refused([a_file("a.csv"), a_file("b.exe")], tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_what_is_stored_cannot_be_executed(tmp_path):
    store([a_file("a.csv")], tmp_path / "x")
    assert (tmp_path / "x" / "a.csv").stat().st_mode & 0o111 == 0
