"""Who may reach whom by what an extract names."""

from plumbline.earlyhelp import operations as earlyhelp
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.placements import intake as placements
from plumbline.socialcare import operations as socialcare


@operation
def refresh_ties(*, act: Act) -> int:
    """Tie every user to the children and TACs that their professional is named on; how many ties changed.

    Call it when a user is joined to a professional. An import does it by itself.
    """
    return socialcare.refresh_ties(act=act) + earlyhelp.refresh_ties(act=act) + placements.refresh_ties(act=act)
