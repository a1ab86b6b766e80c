"""What somebody has typed and not yet handed in, kept as they type. Saving a draft never touches the record.

A draft is the writer's own: nobody else reads it, it leaves no event, and it goes when what it holds is saved. It
stays when the session ends, to be offered again.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import Draft, User

LARGEST = 500_000


def keep(*, user: User, form: str, subject: str, base: int, payload: Mapping[str, Any], seq: int, at: datetime) -> bool:
    """Keep what is in a form now, in one statement; whether it was kept.

    `seq` is the writer's own count, as of a clock: what was typed before what is kept already is dropped (False).
    Raises RuleBroken (draft_too_large).
    """
    # No text of the database can hold that character.
    text = json.dumps({name: value.replace("\x00", "") if isinstance(value, str) else value
                       for name, value in payload.items()})  # fmt: skip
    if len(text) > LARGEST:
        raise RuleBroken("What is typed here is too long to be kept as a draft.", code="draft_too_large")
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into people_draft (user_id, form, subject, base, payload, seq, saved_at)
                values (%s, %s, %s, %s, %s::jsonb, %s, %s)
                on conflict (user_id, form, subject) do update
                set base = excluded.base, payload = excluded.payload, seq = excluded.seq, saved_at = excluded.saved_at
                where people_draft.seq < excluded.seq""",
            [user.pk, form, subject, base, text, seq, at],
        )
        return cursor.rowcount == 1


def find(*, user: User, form: str, subject: str) -> Draft | None:
    """The writer's own draft, if there is one."""
    return Draft.objects.filter(user=user, form=form, subject=subject).first()


def of(*, user: User, form: str, prefix: str) -> dict[str, Draft]:
    """The writer's own drafts whose subjects begin so, by subject."""
    return {draft.subject: draft for draft in Draft.objects.filter(user=user, form=form, subject__startswith=prefix)}


def drop(*, user: User, form: str, subject: str) -> None:
    """What it held is saved, or not wanted."""
    Draft.objects.filter(user=user, form=form, subject=subject).delete()
