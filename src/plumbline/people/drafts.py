"""What someone has typed and not yet handed in, kept as they type. Saving a draft never touches the record.

A draft is the writer's own: nobody else reads it, it leaves no event, and it goes when what it holds is saved. It
stays when the session ends, to be offered again. So it is kept and dropped for its writer, no matter who is signed in;
it is read as its writer alone.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from plumbline.kernel.errors import RuleBroken
from plumbline.people.acting import beyond
from plumbline.people.models import Draft, User

LARGEST = 500_000


def keep(
    *,
    user: User,
    form: str,
    subject: str,
    base: int,
    payload: Mapping[str, Any],
    seq: int | None,
    at: datetime,
    page: str = "",
) -> bool:
    """Keep what is in a form now, in one statement; whether it was kept.

    No clock of the writer's machine says what came first. `page` is the mark that the server gave the page when it was
    opened, `seq` that page's own count of what it sent: of one page, what it sent before what is kept already is
    dropped (False). Between two pages the order in which the server got them counts, and so it does for what carries
    no count (None). Raises RuleBroken (draft_too_large).
    """
    text = json.dumps({name: _storable(value) for name, value in payload.items()})
    if len(text) > LARGEST:
        raise RuleBroken("What is typed here is too long to be kept as a draft.", code="draft_too_large")
    with transaction.atomic(), beyond(), connection.cursor() as cursor:
        cursor.execute(
            """insert into people_draft (user_id, form, subject, base, payload, page, seq, saved_at)
                values (%s, %s, %s, %s, %s::jsonb, %s, %s, %s)
                on conflict (user_id, form, subject) do update
                set base = excluded.base, payload = excluded.payload, saved_at = excluded.saved_at,
                    page = excluded.page,
                    seq = case when people_draft.page = excluded.page
                        then greatest(excluded.seq, people_draft.seq) else excluded.seq end
                where people_draft.page <> excluded.page or people_draft.seq < excluded.seq or %s""",
            [user.pk, form, subject, base, text, page, seq or 0, at, seq is None],
        )
        return cursor.rowcount == 1


def _storable(value: Any) -> Any:
    # No text of the database can hold that character.
    if isinstance(value, str):
        return value.replace("\x00", "")
    return [_storable(each) for each in value] if isinstance(value, list) else value


def find(*, user: User, form: str, subject: str) -> Draft | None:
    """The writer's own draft, if there is one."""
    return Draft.objects.filter(user=user, form=form, subject=subject).first()


def of(*, user: User, form: str, prefix: str) -> dict[str, Draft]:
    """The writer's own drafts whose subjects begin so, by subject."""
    return {draft.subject: draft for draft in Draft.objects.filter(user=user, form=form, subject__startswith=prefix)}


def about(*, user: User, subject: str) -> dict[str, Draft]:
    """The writer's own drafts of one subject, by form."""
    return {draft.form: draft for draft in Draft.objects.filter(user=user, subject=subject)}


@contextmanager
def one_at_a_time(record: str) -> Iterator[None]:
    """Who saves a form of this record waits until who saves one now is done, and then reads what they have saved."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"form of {record}"])
        yield


def drop(*, user: User, form: str, subject: str) -> None:
    """What it held is saved, or not wanted."""
    with transaction.atomic(), beyond():
        Draft.objects.filter(user=user, form=form, subject=subject).delete()
