"""Documents looked at by ClamAV: what is infected, or could not be looked at, is not kept."""

from datetime import UTC, datetime

import pytest

from plumbline.evidence.models import Document
from plumbline.evidence.operations import keep_document
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from tests.factories.files import EICAR, pdf
from tests.integration.evidence import daemon

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 29, 9, 0, tzinfo=UTC)
INFECTED = pdf(b"% " + EICAR)


@pytest.fixture(params=["Debian's", "a small one of the tests"])
def clamav(request, tmp_path, settings):
    if request.param == "Debian's" and daemon.CLAMD is None:
        pytest.skip("skipped: no clamd is installed")
    made = daemon.real(tmp_path) if request.param == "Debian's" else daemon.fake()
    with made as address:
        settings.CLAMAV = address
        yield


def keep(tmp_path, content: bytes) -> Document:
    return keep_document(
        title="Policy",
        file_name="policy.pdf",
        content=content,
        folder=tmp_path / "kept",
        act=Act(None, AT, AT.date()),
    )


def test_an_infected_file_is_refused_with_what_was_found(clamav, tmp_path):
    with pytest.raises(RuleBroken, match="Eicar-Test-Signature") as why:
        keep(tmp_path, INFECTED)

    assert why.value.code == "infected_file"


def test_nothing_of_an_infected_file_is_kept(clamav, tmp_path):
    with pytest.raises(RuleBroken):
        keep(tmp_path, INFECTED)

    assert not (tmp_path / "kept").exists()


def test_a_clean_file_is_kept_with_which_scanner_found_it_so(clamav, tmp_path):
    document = keep(tmp_path, pdf())

    assert document.scanned_by.startswith("ClamAV 1.")


def test_a_file_of_several_megabytes_is_read_by_the_scanner_to_its_end(clamav, tmp_path):
    with pytest.raises(RuleBroken, match="Eicar"):
        keep(tmp_path, pdf(b"%" + b"x" * 5_000_000 + EICAR))


def test_without_a_scanner_a_document_says_that_none_looked(tmp_path):
    assert keep(tmp_path, pdf()).scanned_at is None


def test_while_the_scanner_does_not_answer_no_document_is_taken(tmp_path, settings):
    with daemon.fake() as address:
        pass
    settings.CLAMAV = address  # nobody listens there any more

    with pytest.raises(RuleBroken, match="does not answer") as why:
        keep(tmp_path, pdf())
    assert why.value.code == "not_scanned"


def test_a_missing_socket_lets_nothing_through(tmp_path, settings):
    settings.CLAMAV = f"unix:{tmp_path}/none.sock"

    with pytest.raises(RuleBroken, match="does not answer"):
        keep(tmp_path, pdf())


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: \0", b"OK\0"])
def test_a_scanner_that_says_anything_else_than_clean_lets_nothing_through(answer, tmp_path, settings):
    with daemon.fake(answer=answer) as settings.CLAMAV, pytest.raises(RuleBroken, match="does not answer"):
        keep(tmp_path, pdf())
