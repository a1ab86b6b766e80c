"""Papers that the council holds already, counted for one more contract of the same provider."""

from datetime import date, datetime

from plumbline.audit import operations as audit
from plumbline.contracts import reaching
from plumbline.contracts.models import Assessment, Contract
from plumbline.contracts.operations.assurance import review_policy
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries.papers import Paper, papers_held
from plumbline.contracts.reaching import contract_to_change
from plumbline.evidence.operations import share_with_owner
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def take_papers(*, contract_id: int, by: User, at: datetime, on: date) -> list[Paper]:
    """Count for this contract whatever of its provider is held and would serve it (queries.papers).

    A policy keeps the day of its last review, an assessment its days. A paper of the bid was in confidence; from here
    on it is kept as the provider's own document, besides. Raises RuleBroken where nothing is held.
    """
    contract = contract_to_change(
        contract_id=contract_id, by=by, on=on, any_of=reaching.MANAGE | {Permission.BOARD_ASSESSMENTS}
    )
    found = papers_held(contract, viewer=by, on=on)
    if not found:
        raise RuleBroken("Nothing more of this provider is held.", code="nothing_held")
    for paper in found:
        if paper.assessment is not None:
            _count(contract, paper.assessment, by=by, at=at)
            continue
        document_id = paper.document_id
        if document_id is not None and paper.of_bid:
            document_id = share_with_owner(
                document_id=document_id,
                title=f"{paper.label} policy, reviewed {paper.day:%-d %B %Y}",
                kind=paper.policy,
                by=by,
                at=at,
            ).pk
        review_policy(
            contract_id=contract.pk,
            policy=paper.policy,
            reviewed_on=paper.day,
            document_id=document_id,
            return_id=paper.return_id,
            by=by,
            at=at,
            on=on,
        )
    audit.record(
        "contracts.papers.taken",
        by=by,
        at=at,
        subject=contract,
        papers=[f"{each.label}: {each.where}" for each in found],
    )
    rerate(contract_ids=[contract.pk], by=by, at=at, on=on)
    return found


def _count(contract: Contract, given: Assessment, *, by: User, at: datetime) -> None:
    Assessment.objects.update_or_create(
        contract=contract,
        kind=given.kind,
        completed_on=given.completed_on,
        defaults={
            "valid_until": given.valid_until,
            "instrument": given.instrument,
            "document": given.document,
            "answer_set": given.answer_set,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
