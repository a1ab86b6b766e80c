"""Papers that the council holds already, counted for one more contract of the same provider."""

from plumbline.contracts import locked_contract
from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import Assessment, Contract
from plumbline.contracts.operations.assurance import review_policy
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries.papers import Paper, papers_held
from plumbline.evidence.operations import share_with_owner
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation


@operation
def take_papers(*, contract_id: int, act: PersonalAct) -> list[Paper]:
    """Count for this contract whatever of its provider is held and would serve it (queries.papers).

    A policy keeps the day of its last review, an assessment its days. A paper of the bid was in confidence; from here
    on it is kept as the provider's own document, besides. Raises RuleBroken where nothing is held.
    """
    contract = contract_to_change(
        contract_id=contract_id, act=act, any_of=locked_contract.MANAGE | {Permission.BOARD_ASSESSMENTS}
    )
    found = papers_held(contract, viewer=act.by, on=act.on)
    if not found:
        raise RuleBroken("Nothing more of this provider is held.", code="nothing_held")
    for paper in found:
        if paper.assessment is not None:
            _count(contract, paper.assessment, act=act)
            continue
        document_id = paper.document_id
        if document_id is not None and paper.of_bid:
            document_id = share_with_owner(
                document_id=document_id,
                title=f"{paper.label} policy, reviewed {wording.day(paper.day)}",
                kind=paper.policy,
                act=act,
            ).pk
        review_policy(
            contract_id=contract.pk,
            policy=paper.policy,
            reviewed_on=paper.day,
            document_id=document_id,
            return_id=paper.return_id,
            act=act,
        )
    act.record("contracts.papers.taken", subject=contract, papers=[f"{each.label}: {each.where}" for each in found])
    rerate(contract_ids=[contract.pk], act=act)
    return found


def _count(contract: Contract, given: Assessment, *, act: PersonalAct) -> None:
    Assessment.objects.update_or_create(
        contract=contract,
        kind=given.kind,
        completed_on=given.completed_on,
        defaults={
            "valid_until": given.valid_until,
            "instrument": given.instrument,
            "document": given.document,
            "answer_set": given.answer_set,
            "recorded_at": act.at,
            "recorded_by": act.by,
        },
    )
