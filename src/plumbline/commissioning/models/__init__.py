"""What the council buys, from the first draft of a tender to the service that is ready to begin."""

from plumbline.commissioning.models.evaluation import (
    Award,
    Evaluator,
    ModeratedScore,
    ModerationMeeting,
    Promise,
    Score,
)
from plumbline.commissioning.models.implementation import (
    Agreement,
    Contact,
    ImplementationPlan,
    PathwayPack,
    PlanItem,
)
from plumbline.commissioning.models.ocds import (
    OcdsAward,
    OcdsContract,
    OcdsParty,
    OcdsProcess,
    OcdsRelease,
)
from plumbline.commissioning.models.tenders import (
    Bid,
    BidAnswer,
    BidDocument,
    BidState,
    Decision,
    ExclusionCheck,
    Stage1Decision,
    SupplierMerge,
    Tender,
    TenderConflict,
)

__all__ = [
    "Agreement",
    "Award",
    "Bid",
    "BidAnswer",
    "BidDocument",
    "BidState",
    "Contact",
    "Decision",
    "Evaluator",
    "ExclusionCheck",
    "ImplementationPlan",
    "ModeratedScore",
    "ModerationMeeting",
    "OcdsAward",
    "OcdsContract",
    "OcdsParty",
    "OcdsProcess",
    "OcdsRelease",
    "PathwayPack",
    "PlanItem",
    "Promise",
    "Score",
    "Stage1Decision",
    "SupplierMerge",
    "Tender",
    "TenderConflict",
]
