"""Who may reach whom by what an extract names."""

from datetime import date, datetime

from plumbline.earlyhelp import operations as earlyhelp
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.placements import intake as placements
from plumbline.socialcare import operations as socialcare


@operation
def refresh_ties(*, by: User | None, at: datetime, on: date) -> int:
    """Tie every user to the children and TACs that their professional is named on; how many ties changed.

    Call it when a user is joined to a professional. An import does it by itself.
    """
    return (
        socialcare.refresh_ties(by=by, at=at, on=on)
        + earlyhelp.refresh_ties(by=by, at=at, on=on)
        + placements.refresh_ties(by=by, at=at, on=on)
    )
