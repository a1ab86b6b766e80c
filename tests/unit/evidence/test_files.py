"""What may be kept as evidence: known by its content from the first byte to the last."""

import io
import zipfile
import zlib
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from plumbline.documents.docx import check_template
from plumbline.evidence import files, rules
from plumbline.kernel.errors import RuleBroken
from tests.databases import CHECKOUT
from tests.factories.files import docx, jpeg, office, pdf, png, xlsx

ZIP = office({"notes.txt": b"hello"})
SCRIPT = b"<script>alert(1)</script>"


def refused(content: bytes, name: str = "") -> str:
    with pytest.raises(RuleBroken) as why:
        rules.check_file(content, name)
    return why.value.code


@pytest.mark.parametrize(
    ("content", "ending"),
    [(pdf(), ".pdf"), (png(), ".png"), (jpeg(), ".jpg"), (docx(), ".docx"), (xlsx(), ".xlsx")],
    ids=["pdf", "png", "jpeg", "docx", "xlsx"],
)
def test_each_kind_is_known_by_its_content(content, ending):
    assert rules.check_file(content)[1] == ending


def test_a_second_picture_behind_the_first_is_what_cameras_make():
    assert files.kind_of(jpeg() + jpeg()) == files.JPEG


def test_every_spreadsheet_of_the_public_data_is_taken(shared_data: Path):
    found = [
        path
        for path in shared_data.rglob("*.xlsx")
        if "cases" not in path.parts and path.stat().st_size <= rules.LARGEST
    ]
    kinds = {path.name: files.kind_of(path.read_bytes()).name for path in found}

    assert set(kinds.values()) == {"an Excel file"}


def test_an_empty_file_is_refused():
    assert refused(b"") == "empty_file"


def test_a_file_of_more_than_ten_megabytes_is_refused():
    assert refused(b"%PDF-" + bytes(rules.LARGEST)) == "too_large"


def test_the_sentence_about_a_file_that_is_too_large_says_how_large_it_is():
    assert rules.too_large(300 * 1024 * 1024).startswith("The file is larger than 10 MB: it has 300 MB.")


@pytest.mark.parametrize(
    "content",
    [
        pdf() + ZIP,
        pdf(SCRIPT),
        pdf() + b"<body onload=x>",
        png() + SCRIPT,
        png(SCRIPT),
        png() + ZIP,
        jpeg() + SCRIPT,
        jpeg(b"<?php system(1);"),
        jpeg() + ZIP,
        docx() + b"%PDF-1.7",
        office({"a.txt": b"%PDF-1.7", "[Content_Types].xml": b"", "word/document.xml": b""}, compression=0),
    ],
    ids=[
        "pdf+zip", "pdf+script", "pdf+tail", "png+script", "png with script", "png+zip", "jpeg+script",
        "jpeg with php", "jpeg+zip", "docx+pdf", "zip with pdf",
    ],
)  # fmt: skip
def test_a_polyglot_file_is_refused(content):
    assert refused(content) == "two_in_one"


def test_a_program_called_a_pdf_is_refused():
    assert refused(b"MZ\x90\x00" + bytes(100), "report.pdf") == "wrong_file"


def test_a_web_page_called_a_picture_is_refused():
    assert refused(b"<html><script>x</script></html>", "photo.png") == "wrong_file"


def test_a_pdf_called_a_program_is_a_disguised_file():
    assert refused(pdf(), "report.pdf.exe") == "disguised_file"


def test_a_picture_called_a_pdf_is_a_disguised_file():
    assert refused(png(), "policy.pdf") == "disguised_file"


def test_a_name_without_an_ending_of_a_kind_disguises_nothing():
    assert rules.check_file(pdf(), "Minutes v1.2")[1] == ".pdf"


def test_a_zip_that_is_no_office_file_is_refused():
    assert refused(ZIP) == "wrong_file"


def test_a_word_file_with_macros_is_refused():
    assert refused(docx({"word/vbaProject.bin": b"x"})) == "active_file"


def test_a_word_file_with_a_part_that_leads_out_of_it_is_refused():
    assert refused(docx({"../../etc/passwd": b"x"})) == "damaged_file"


def test_a_file_locked_with_a_password_is_refused_with_what_to_do():
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)) == "locked_file"


@pytest.mark.parametrize(
    "content", [pdf()[:-7], png()[:-10], jpeg()[:-2], docx()[:-30]], ids=["pdf", "png", "jpeg", "docx"]
)
def test_a_file_that_is_cut_off_is_refused(content):
    assert refused(content) == "damaged_file"


def test_a_zip_bomb_is_refused_by_what_it_unpacks_to(monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED", 1_000_000)

    assert refused(docx({"word/media/a.bin": bytes(1_000_001)})) == "bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED", 1_000_000)
    body = docx({"word/media/a.bin": bytes(2_000_000)})
    lying = body.replace((2_000_000).to_bytes(4, "little"), (200).to_bytes(4, "little"))

    assert refused(lying) in ("bomb", "damaged_file")


def test_a_zip_of_a_packing_that_no_office_program_writes_is_refused():
    assert (
        refused(office({"[Content_Types].xml": b"", "word/document.xml": b"x" * 99}, compression=zipfile.ZIP_LZMA))
        == "damaged_file"
    )


def test_an_archive_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_PARTS", 3)

    assert refused(docx({"a": b"", "b": b""})) == "bomb"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\Windows\\system.ini", "system"),
        ("C:\\Users\\me\\Policy (final).pdf", "Policy (final)"),
        ("/etc/cron.d/job.pdf", "job"),
        ("re\u202efdp.exe", "refdp"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie x"),
        ("...", "document"),
        ("CON.pdf", "document CON"),
        ("Safeguarding policy 2016.pdf", "Safeguarding policy 2016"),
    ],
)
def test_a_path_in_a_file_name_is_made_harmless(given, kept):
    assert rules.safe_stem(given) == kept


@pytest.mark.parametrize(
    "name",
    [
        "Policy (final) [v2]",
        "سياسة الحماية",
        "นโยบายคุ้มครองเด็ก",
        "सुरक्षा नीति",
        "保護方針",
        "Zoë’s notes, part 1",
        "Zoe\u0308",
    ],
)
def test_names_of_files_keep_their_marks_and_brackets(name):
    assert rules.safe_stem(f"{name}.pdf") == name


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"heix"])
def test_a_picture_of_an_iphone_is_called_what_it_is(brand):
    with pytest.raises(RuleBroken, match="HEIC") as refused:
        files.kind_of(b"\0\0\0\x18ftyp" + brand + b"\0" * 40)
    assert refused.value.code == "wrong_file"


FLOWS = CHECKOUT / "tests" / "data" / "cases" / "flows"
_RELATION = (
    b"<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s'"
    b" Target='%s' TargetMode='%s'/></Relationships>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/_rels/settings.xml.rels", _RELATION % (b"attachedTemplate", b"http://x.example/t.dotm", b"External")),
        ("word/_rels/document.xml.rels", _RELATION % (b"oleObject", b"file:///x", b"External")),
        ("word/_rels/document.xml.rels", _RELATION % (b"image", b"http://x.example/p.png", b"External")),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf"),
        ("word/embeddings/Workbook.xlsx", b"PK"),
        ("word/activeX/activeX1.xml", b"<x/>"),
        ("word/numbering.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("word/numbering.xml", "<!DOCTYPE x><x/>".encode("utf-16")),
    ],
)
@pytest.mark.parametrize("make", [docx, xlsx])
def test_what_an_office_file_may_not_hold_is_refused_by_both_readers(make, name, content):
    assert refused(make({name: content})) == "active_file"
    with pytest.raises(RuleBroken):
        check_template(docx({name: content}))


def test_a_link_to_click_and_a_charts_own_workbook_are_taken():
    chart = _RELATION % (b"package", b"../embeddings/Sheet1.xlsx", b"Internal")
    link = _RELATION % (b"hyperlink", b"https://www.gov.uk/", b"External")
    parts = {"word/charts/_rels/chart1.xml.rels": chart, "word/embeddings/Sheet1.xlsx": b"PK",
             "word/_rels/document.xml.rels": link}  # fmt: skip
    assert rules.check_file(docx(parts))[1] == ".docx"


@pytest.mark.parametrize(
    "more",
    [
        b"2 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj\n",
        b"2 0 obj\n<< /S /Java#53cript /J#53 (x) >>\nendobj\n",
        b"2 0 obj\n<< /S /Launch /F (cmd.exe) >>\nendobj\n",
        b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n"
        + zlib.compress(b"3 0 << /S /JavaScript /JS (x) >>")
        + b"\nendstream\nendobj\n",
    ],
)
def test_a_pdf_that_does_something_when_it_is_opened_is_refused(more):
    assert refused(pdf(more)) == "active_file"


def test_a_pdf_that_asks_for_a_password_is_refused_and_one_that_only_forbids_printing_is_taken():
    assert refused((FLOWS / "locked.pdf").read_bytes()) == "locked_file"
    assert rules.check_file((FLOWS / "no-print.pdf").read_bytes())[1] == ".pdf"


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize(("password", "code"), [("", "active_file"), ("secret", "locked_file")])
def test_what_an_encrypted_pdf_does_is_seen_where_it_opens(algorithm, password, code):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    writer.encrypt(password, "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    assert refused(out.getvalue()) == code


def test_words_about_scripts_in_a_page_are_only_words():
    assert rules.check_file(pdf(b"2 0 obj\n<< /Length 9 >>\nstream\n/JS (x) Tj\nendstream\nendobj\n"))[1] == ".pdf"
