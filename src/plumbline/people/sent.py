"""Forms that were carried out: one that is sent twice makes what it makes once.

The key is taken in the transaction in which the form is carried out. The person who sends the same form at the same
time waits until that is done, and finds where it led; if nothing came of it, the form is theirs to carry out.
"""

from datetime import datetime, timedelta

from django.db import connection

from plumbline.people.models import FormSent

# Longer than any page's form can be sent.
_KEPT = timedelta(days=30)


def take(*, key: str, content: str, at: datetime) -> FormSent | None:
    """Take the key in the caller's transaction; what came of the form where it was carried out before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into people_formsent (key, content, led_to, at) values (%s, %s, '', %s)
               on conflict (key) do nothing""",
            [key, content, at],
        )
        if cursor.rowcount == 1:
            return None
    return FormSent.objects.get(pk=key)


def led_to(address: str, *, key: str, at: datetime) -> None:
    """The form was carried out, and its sender was led there."""
    FormSent.objects.filter(pk=key).update(led_to=address)
    FormSent.objects.filter(at__lt=at - _KEPT).delete()


def same_words(*, key: str, since: datetime) -> FormSent | None:
    """What came of a form with the very same words, sent by the same person from an earlier showing of the page since
    then. Said once: when they send it once more, they mean another one."""
    found = FormSent.objects.filter(pk=key, at__gte=since).exclude(led_to="").first()
    FormSent.objects.filter(pk=key).delete()
    return found


def keep_words(address: str, *, key: str, content: str, at: datetime) -> None:
    """A form with these words was carried out, whatever showing of the page it was sent from."""
    FormSent.objects.update_or_create(key=key, defaults={"content": content, "led_to": address, "at": at})


def give_back(*, key: str) -> None:
    """Nothing came of it: the page is shown again, with a key of its own."""
    FormSent.objects.filter(pk=key).delete()
