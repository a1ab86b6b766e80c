"""Two who save a form of one record: the second waits for the first, so as to find what they have saved."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection

from plumbline.people import drafts


def _elsewhere(what: Callable[[], None]) -> Thread:
    def done() -> None:
        try:
            what()
        finally:
            connection.close()

    thread = Thread(target=done)
    thread.start()
    return thread


@pytest.mark.parametrize(("record", "waits"), [("/tenders/1", True), ("/tenders/2", False)])
def test_who_saves_a_form_of_the_same_record_waits(own_database: str, record: str, waits: bool) -> None:
    inside, over = Event(), Event()

    def saving() -> None:
        with drafts.one_at_a_time("/tenders/1"):
            inside.set()
            over.wait(20)

    thread = _elsewhere(saving)
    assert inside.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '200ms'")
    waited = False
    try:
        with drafts.one_at_a_time(record):
            pass
    except OperationalError:
        waited = True
    over.set()
    thread.join()
    assert waited == waits
