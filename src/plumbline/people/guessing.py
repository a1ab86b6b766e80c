"""Who guesses passwords and codes, and how long they wait: rules over what failed lately, without a database.

An attempt comes from a browser that this user has signed in with before (it carries a signed cookie), or else from an
address. A stranger therefore shuts a person out neither from the browser they use, nor from anywhere for longer than
one wait; and one address that tries many names is slowed down, while who is known there is not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

# So many failures in so long, for one name from one place.
LIMIT = 5
WAIT = timedelta(minutes=15)
# So many failures of one name within an hour from everywhere: then each further place has one attempt, not five.
OF_ONE_NAME = 20
# So many names that failed from one address: then each further attempt waits, twice as long for each name, up to this.
NAMES_OF_ONE_ADDRESS = 10
LONGEST = timedelta(minutes=1)

BROWSER, ADDRESS = "browser:", "address:"


class Failure(Protocol):
    """One attempt that failed. `source` begins with BROWSER or ADDRESS."""

    kind: str
    username: str
    source: str
    at: datetime


def limit_of(failures: Sequence[Failure], *, kind: str, username: str, source: str, at: datetime) -> int:
    """How many failures this name has from this place before it waits."""
    if source.startswith(BROWSER):
        return LIMIT
    elsewhere = sum(
        f.kind == kind and f.username == username and f.at > at - timedelta(hours=1) and f.source.startswith(ADDRESS)
        for f in failures
    )
    return 1 if elsewhere >= OF_ONE_NAME else LIMIT


def wait_until(failures: Sequence[Failure], *, kind: str, username: str, source: str, at: datetime) -> datetime | None:
    """The moment from which the next attempt is looked at; None: now."""
    lately = [f for f in failures if f.at > at - WAIT]
    pair = sorted(f.at for f in lately if (f.kind, f.username, f.source) == (kind, username, source))
    limit = limit_of(failures, kind=kind, username=username, source=source, at=at)
    waits = [pair[-limit] + WAIT] if len(pair) >= limit else []
    from_here = [f for f in lately if f.source == source]
    names = len({f.username for f in from_here})
    if source.startswith(ADDRESS) and names >= NAMES_OF_ONE_ADDRESS:
        seconds = min(LONGEST.total_seconds(), 2.0 ** min(names - NAMES_OF_ONE_ADDRESS, 10))
        waits.append(max(f.at for f in from_here) + timedelta(seconds=seconds))
    until = max(waits, default=at)
    return until if until > at else None
