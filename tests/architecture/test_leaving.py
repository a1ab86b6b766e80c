"""The person who leaves: each column that names a user is handed over, or said to stay, or names only who did
something."""

import re

from django.apps import apps

from plumbline.people.models import User
from plumbline.placements.leaving import KINDS
from tests.architecture.source import SOURCE

# Theirs, and to nobody handed over: placements.leaving.stays says what becomes of it.
STAYS = {"commissioning.Evaluator.user", "people.RoleAsked.user"}
# Their own account, and what is for them alone.
ACCOUNT = {"account.EmailAddress.user", "mfa.Authenticator.user", "people.RoleHeld.user", "people.Tie.user",
           "people.Invitation.user",
           "people.Draft.user", "due.PutOff.user", "due.Seen.user", "flags.Message.to_user"}  # fmt: skip
# Names who did something, or said it: it stays theirs for ever.
NAMES_WHO_DID_IT = {
    "people.RoleAsked.asked_by", "people.RoleAsked.decided_by", "people.BankHoliday.changed_by",
    "people.LabelWording.said_by",
    "flags.FlagFor.acknowledged_by", "flags.FlagStep.done_by", "flags.NumberedStep.done_by",
    "evidence.Document.added_by",
    "evidence.LawChange.entered_by", "actions.Action.raised_by", "actions.Action.done_by", "actions.Action.verified_by",
    "actions.ActionNote.by", "toolkits.ToolkitVersion.made_by", "toolkits.ToolkitVersion.published_by",
    "toolkits.Return.requested_by", "toolkits.Return.submitted_by", "toolkits.Return.moderated_by",
    "toolkits.Return.signed_off_by", "toolkits.ReturnAssignment.assigned_by", "toolkits.Answer.answered_by",
    "toolkits.Answer.moderated_by", "toolkits.AnswerDocument.given_by", "commissioning.Tender.approval_asked_by",
    "commissioning.Tender.approved_by", "commissioning.Tender.made_by", "commissioning.TenderConflict.recorded_by",
    "commissioning.TenderConflict.decided_by", "commissioning.Bid.entered_by",
    "commissioning.Stage1Decision.decided_by", "commissioning.ExclusionCheck.checked_by",
    "commissioning.SupplierMerge.merged_by", "commissioning.SupplierMerge.undone_by",
    "commissioning.Evaluator.decided_by", "commissioning.ModerationMeeting.recorded_by",
    "commissioning.ModeratedScore.agreed_by", "commissioning.Award.recommended_by", "commissioning.Award.approved_by",
    "commissioning.Award.awarded_by", "commissioning.Promise.recorded_by", "commissioning.ImplementationPlan.made_by",
    "commissioning.PlanItem.done_by", "commissioning.Agreement.recorded_by", "commissioning.Contact.entered_by",
    "commissioning.PathwayPack.sent_by", "commissioning.PathwayPack.acknowledged_by",
    "commissioning.PathwayPack.area_lead_confirmed_by", "commissioning.PathwayPack.commissioner_confirmed_by",
    "commissioning.OcdsProcess.tied_by", "commissioning.OcdsParty.decided_by", "contracts.Assessment.recorded_by",
    "contracts.PolicyReview.recorded_by", "contracts.Evaluation.recorded_by", "contracts.Arrangement.recorded_by",
    "contracts.KpiReading.recorded_by", "contracts.Visit.provider_answered_by", "contracts.Visit.signed_off_by",
    "contracts.Visit.recorded_by", "contracts.HomeReport.recorded_by", "contracts.HomeReport.read_by",
    "contracts.IncidentForm.made_by", "contracts.IncidentForm.manager_agreed_by",
    "contracts.IncidentForm.area_agreed_by", "contracts.IncidentForm.provider_agreed_by",
    "contracts.Incident.reported_by", "contracts.Incident.closed_by", "contracts.Incident.aside_by",
    "contracts.Notification.sent_by", "contracts.ReportingContact.changed_by", "contracts.StepTaken.taken_by",
    "contracts.StepTaken.undone_by",
    "contracts.IncidentNews.by", "contracts.NewsSent.sent_by", "contracts.HeldText.written_by",
    "contracts.HeldText.settled_by", "contracts.PolicyOffer.offered_by", "contracts.PolicyOffer.decided_by",
    "contracts.RatingByHand.set_by", "contracts.TeamDecision.decided_by", "contracts.GoLive.decided_by",
    "contracts.AssessmentTerm.set_by", "contracts.PersonWording.mapped_by", "ofsted.Inspection.entered_by",
    "ofsted.Notice.entered_by", "ofsted.UnregisteredUse.entered_by", "ofsted.MonthlyCheck.completed_by",
    "ofsted.CheckItem.checked_by", "placements.PlacementException.asked_by",
    "placements.PlacementException.decided_by", "placements.ChildAtIncident.answered_by", "placements.Enquiry.asked_by",
    "indicators.Publication.published_by", "scrutiny.Report.made_by", "scrutiny.Report.published_by",
    "exchange.Upload.uploaded_by", "exchange.RefusedRow.settled_by",
    "exchange.Withdrawal.asked_by",
}  # fmt: skip


def naming_users() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is User
    }


def test_of_every_column_that_names_a_user_it_is_decided_what_happens_when_they_leave() -> None:
    handed_over = {f"{kind.model._meta.label}.{kind.column}" for kind in KINDS}
    decided = [*handed_over, *STAYS, *ACCOUNT, *NAMES_WHO_DID_IT]
    assert (sorted(decided), len(decided)) == (sorted(naming_users()), len(set(decided)))


# The owner of a setting is a company.
_NO_PEOPLE = re.compile(r"setting\.owner\.name|found\.owner\.name|\"owner\.name\"")


def test_no_page_names_a_person_without_saying_that_they_have_left() -> None:
    """A person is named as they are said, never by the bare column."""
    columns = {name.rpartition(".")[2] for name in naming_users()} - {"user"}
    bare = re.compile(rf"\b(?:{'|'.join(sorted(columns))})\.name\b")
    found = [
        f"{path.relative_to(SOURCE)}: {hit.group()}"
        for path in sorted((SOURCE / "web").rglob("*"))
        if path.suffix in (".py", ".html")
        for hit in bare.finditer(_NO_PEOPLE.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []
    taken = re.compile(rf"F\(\"(?:[a-z_]+__)?(?:{'|'.join(sorted(columns))})__name\"\)")
    queried = [
        f"{path.relative_to(SOURCE)}: {hit.group()}"
        for path in sorted(SOURCE.rglob("*.py"))
        for hit in taken.finditer(path.read_text(encoding="utf-8"))
    ]
    assert queried == []
