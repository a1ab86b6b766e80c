"""Two people at the very same toolkit in the same instant, each with a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

from django.db import connection

from plumbline.people.act import Act
from plumbline.toolkits import queries
from plumbline.toolkits.models import ToolkitVersion
from plumbline.toolkits.operations import versions

AT = datetime(2016, 7, 31, 12, 0, tzinfo=UTC)
ON = date(2016, 7, 31)
_TRIES = 8


def at_once(*acts):
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def copied():
    return versions.copy_version(version_id=queries.current_version("site_visit").pk, act=Act(None, AT, ON))


def test_two_copies_made_at_once_have_numbers_of_their_own(own_database):
    numbers = [draft.number for _ in range(_TRIES) for draft in at_once(copied, copied)]
    assert sorted(numbers) == list(range(2, 2 + 2 * _TRIES))


def test_of_two_drafts_published_at_once_the_later_is_in_use(own_database):
    for _ in range(_TRIES):
        drafts = [copied(), copied()]
        at_once(
            *(
                lambda draft=draft: versions.publish_version(version_id=draft.pk, act=Act(None, AT, ON))
                for draft in drafts
            )
        )
    states = list(ToolkitVersion.objects.filter(toolkit__key="site_visit").values_list("state", flat=True))
    assert (states.count("published"), states.count("withdrawn")) == (1, 2 * _TRIES)
