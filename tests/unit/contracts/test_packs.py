"""A visit's pack: what is built is read back, and what was altered is not."""

import io
import zipfile

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plumbline.contracts.rules import packs
from tests.refusals import raises

FILES = {"report.pdf": b"%PDF-1.7 report", "visit.json": b"{}"}
ABOUT = {"council": "Fenmarsh", "place": "Alder House"}


@pytest.fixture(scope="module")
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def changed(content: bytes, **parts: bytes | None) -> bytes:
    """The pack with some files replaced, added, or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held |= {name.replace("__", "."): value for name, value in parts.items()}
    return zipped({name: value for name, value in held.items() if value is not None})


def zipped(held: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, value in held.items():
            archive.writestr(name, value)
    return out.getvalue()


def test_a_signed_pack_of_a_known_council_is_read_back(key) -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=pem(key))
    pack = packs.read(built.content, known={"Fenmarsh": public(key)})
    assert (pack.files, pack.about, pack.known_as) == (FILES, ABOUT, "Fenmarsh")


def test_the_same_visit_gives_the_same_bytes(key) -> None:
    assert len({packs.build(FILES, about=ABOUT, signing_key=pem(key)).content for _ in range(2)}) == 1


def test_a_signed_pack_of_a_key_not_known_says_so(key) -> None:
    pack = packs.read(packs.build(FILES, about=ABOUT, signing_key=pem(key)).content, known={})
    assert "not one of those known here" in pack.says()


def test_a_pack_without_a_signature_says_so() -> None:
    pack = packs.read(packs.build(FILES, about=ABOUT, signing_key=None).content, known={})
    assert pack.says().startswith("Not signed.")


def test_an_altered_file_is_found(key) -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=pem(key))
    with raises("altered"):
        packs.read(changed(built.content, visit__json=b'{"findings": []}'), known={})


def test_an_altered_manifest_is_found(key) -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=pem(key))
    other = packs.build(FILES, about={"council": "Elsewhere"}, signing_key=None)
    with zipfile.ZipFile(io.BytesIO(other.content)) as archive:
        manifest = archive.read("manifest.json")
    with raises("altered"):
        packs.read(changed(built.content, manifest__json=manifest), known={})


def test_a_signature_taken_away_with_its_key_leaves_an_unsigned_pack(key) -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=pem(key))
    stripped = changed(built.content, manifest__sig=None, public_key__pem=None)
    assert packs.read(stripped, known={"Fenmarsh": public(key)}).known_as == ""


def test_a_signature_without_its_key_is_refused(key) -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=pem(key))
    with raises("altered"):
        packs.read(changed(built.content, public_key__pem=None), known={})


def test_a_file_more_than_is_listed_is_refused() -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=None)
    with raises("altered"):
        packs.read(changed(built.content, extra__exe=b"MZ"), known={})


@pytest.mark.parametrize("content", [b"", b"not a zip", zipped({"readme.txt": b"hello"})])
def test_what_is_no_pack_is_refused(content) -> None:
    with raises("wrong_file"):
        packs.read(content, known={})


def test_a_path_in_a_name_is_refused() -> None:
    with raises("wrong_file"):
        packs.read(zipped({"../../etc/passwd": b"x", "manifest.json": b"{}"}), known={})


def test_a_pack_that_unfolds_to_too_much_is_refused_unread() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * (packs.LARGEST + 1))
    with raises("too_large"):
        packs.read(out.getvalue(), known={})


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"format": "other", "files": {}, "about": {}}'])
def test_a_manifest_that_cannot_be_read_is_refused(manifest) -> None:
    with raises("wrong_file"):
        packs.read(zipped({"manifest.json": manifest}), known={})


def test_a_signing_key_of_another_kind_is_refused() -> None:
    with raises("wrong_key"):
        packs.build(FILES, about=ABOUT, signing_key=b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")


def test_a_pack_says_whose_signature_it_has_or_that_it_has_none(key) -> None:
    built = packs.build(FILES, about=ABOUT, signing_key=pem(key))
    assert "key of Fenmarsh" in packs.read(built.content, known={"Fenmarsh": public(key)}).says()
    assert "is not one of those known here" in packs.read(built.content, known={}).says()
    assert (
        packs.read(packs.build(FILES, about=ABOUT, signing_key=None).content, known={}).says().startswith("Not signed.")
    )


def test_a_pack_that_is_too_large_is_not_unfolded() -> None:
    content = packs.build(FILES, about=ABOUT, signing_key=None).content
    with raises("too_large"):
        packs.read(content + bytes(packs.LARGEST), known={})
    with raises("too_large"):
        packs.read(zipped({"zeros": bytes(packs.LARGEST + 1)}), known={})


def test_a_key_of_another_kind_or_none_is_refused(key) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    with raises("wrong_key"):
        packs.build(FILES, about=ABOUT, signing_key=pem(other))
    with raises("wrong_key"):
        packs.build(FILES, about=ABOUT, signing_key=b"no key")
    content = packs.build(FILES, about=ABOUT, signing_key=pem(key)).content
    for wrong in (public(other), b"no key"):
        with raises("wrong_key"):
            packs.read(changed(content, **{packs.KEY.replace(".", "__"): wrong}), known={})
