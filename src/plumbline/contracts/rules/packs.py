"""A visit as a pack that another council can check and read: a ZIP with a manifest of checksums, and a signature.

`manifest.json` names every file with its SHA-256 and says whose visit it is; `manifest.sig` is its Ed25519 signature
and `public_key.pem` the key, where the council has one. Without a key the manifest alone shows that nothing was
altered after it was written, and the sender's audit trail has its checksum.
"""

import base64
import binascii
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from plumbline.kernel.errors import RuleBroken

FORMAT = "plumbline-visit-pack/1"
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "public_key.pem"
_ABOUT_FILES = (MANIFEST, SIGNATURE, KEY)
LARGEST = 30 * 1024 * 1024
_MOST_FILES = 50
# Every file in the ZIP has the same old date, so that the same visit gives the same bytes.
_DATED = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Built:
    """`fingerprint`: of the key that signed it; "" where there is none."""

    content: bytes
    manifest_sha256: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What was read back. `known_as`: whose the key is; "" where it is not one of those known here, or none signed."""

    about: Mapping[str, Any]
    files: Mapping[str, bytes]
    manifest_sha256: str
    fingerprint: str
    known_as: str

    def says(self) -> str:
        if self.known_as:
            return f"Signed with the key of {self.known_as}; nothing in it was altered."
        if self.fingerprint:
            return (
                f"Signed, and nothing in it was altered since; but the key {self.fingerprint} is not one of those "
                "known here. Ask the council by telephone whether it is theirs."
            )
        return "Not signed. Its files match its own list, and nothing shows who made it."


def fingerprint_of(public_pem: bytes) -> str:
    """A key's short name, as people read it out: 16 figures and letters in fours. Raises RuleBroken for no such key."""
    raw = _public(public_pem).public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    digest = hashlib.sha256(raw).hexdigest()[:16].upper()
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def build(files: Mapping[str, bytes], *, about: Mapping[str, Any], signing_key: bytes | None) -> Built:
    """The ZIP. `signing_key`: an Ed25519 private key as PEM, unencrypted; None: the pack is not signed."""
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    manifest = json.dumps(
        {"format": FORMAT, "about": dict(about), "files": listed}, ensure_ascii=False, indent=1, sort_keys=True
    ).encode()
    parts = {**files, MANIFEST: manifest}
    fingerprint = ""
    if signing_key is not None:
        private = _private(signing_key)
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        parts[SIGNATURE], parts[KEY] = base64.b64encode(private.sign(manifest)) + b"\n", public
        fingerprint = fingerprint_of(public)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(parts.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATED), content)
    return Built(packed.getvalue(), hashlib.sha256(manifest).hexdigest(), fingerprint)


def read(content: bytes, *, known: Mapping[str, bytes]) -> Pack:
    """A pack that holds what its manifest says. `known`: public keys as PEM by the name of their council.

    Raises RuleBroken for what is no pack, holds more or less than it lists, or was altered.
    """
    parts = _parts(content)
    for name in (MANIFEST,):
        if name not in parts:
            raise RuleBroken("This is no visit pack: it has no manifest.", code="wrong_file")
    manifest = parts[MANIFEST]
    try:
        said = json.loads(manifest)
        listed, about = said["files"], said["about"]
        if said["format"] != FORMAT or not isinstance(about, dict) or not isinstance(listed, dict):
            raise ValueError
    except (ValueError, KeyError, TypeError) as wrong:
        raise RuleBroken("The manifest of this pack cannot be read.", code="wrong_file") from wrong
    files = {name: held for name, held in parts.items() if name not in _ABOUT_FILES}
    if sorted(files) != sorted(listed):
        raise RuleBroken("The pack does not hold the files that it lists.", code="altered")
    for name, held in files.items():
        if hashlib.sha256(held).hexdigest() != listed[name]:
            raise RuleBroken(f"{name} was altered after the pack was made.", code="altered")
    fingerprint = _check_signature(parts, manifest)
    names = {fingerprint_of(pem): council for council, pem in known.items()}
    return Pack(about, files, hashlib.sha256(manifest).hexdigest(), fingerprint, names.get(fingerprint, ""))


def _check_signature(parts: Mapping[str, bytes], manifest: bytes) -> str:
    if (SIGNATURE in parts) != (KEY in parts):
        raise RuleBroken("The pack has a signature without its key, or a key without a signature.", code="altered")
    if SIGNATURE not in parts:
        return ""
    try:
        _public(parts[KEY]).verify(base64.b64decode(parts[SIGNATURE].strip(), validate=True), manifest)
    except (InvalidSignature, binascii.Error) as wrong:
        raise RuleBroken("The signature does not belong to this pack: it was altered.", code="altered") from wrong
    return fingerprint_of(parts[KEY])


def _parts(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST:
        raise RuleBroken("The pack is larger than 30 MB.", code="too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
                raise RuleBroken("The pack unfolds to more than a pack can be.", code="too_large")
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names) or any("/" in name or "\\" in name or ".." in name for name in names):
                raise RuleBroken("The pack holds files with paths or twice the same name.", code="wrong_file")
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as wrong:
        raise RuleBroken("This is no visit pack: it is not a ZIP file that can be read.", code="wrong_file") from wrong


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
        raise RuleBroken("The council’s signing key cannot be read.", code="wrong_key") from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise RuleBroken("The council’s signing key is not of the kind Ed25519.", code="wrong_key")
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise RuleBroken("The key in the pack cannot be read.", code="wrong_key") from wrong
    if not isinstance(key, Ed25519PublicKey):
        raise RuleBroken("The key in the pack is not of the kind Ed25519.", code="wrong_key")
    return key
