"""TACs, what social care told us, settings and placements, and rows that could not be taken."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from plumbline.earlyhelp.models import Tac, TacAudit
from plumbline.exchange.models import RefusedRow
from plumbline.ofsted.models import Setting
from plumbline.placements.models import Placement
from plumbline.scrutiny.models import Report
from plumbline.socialcare.models import CareEpisode, Involvement, Referral
from tests import databases
from tests.factories.people import AboutChild, ChildFactory, ImportFactory, OrganisationFactory, ProfessionalFactory


class TacFactory(AboutChild):
    class Meta:
        model = Tac

    source_id = factory.Sequence(lambda n: f"TEH{n:05}")
    child = factory.SubFactory(ChildFactory)
    started_on = date(2016, 1, 10)
    lead_organisation = factory.SubFactory(OrganisationFactory)
    lead_professional = factory.SubFactory(ProfessionalFactory)


class TacAuditFactory(AboutChild):
    class Meta:
        model = TacAudit

    source_id = factory.Sequence(lambda n: f"TA{n:05}")
    tac = factory.SubFactory(TacFactory)
    audited_on = date(2016, 3, 1)
    grade = "good"


class ReferralFactory(AboutChild):
    class Meta:
        model = Referral

    source_id = factory.Sequence(lambda n: f"TR{n:05}")
    child = factory.SubFactory(ChildFactory)
    referred_on = date(2015, 5, 1)


class CareEpisodeFactory(AboutChild):
    class Meta:
        model = CareEpisode

    source_id = factory.Sequence(lambda n: f"CE{n:05}")
    child = factory.SubFactory(ChildFactory)
    period_of_care = factory.Sequence(lambda n: f"CLA{n:05}")


class InvolvementFactory(AboutChild):
    class Meta:
        model = Involvement

    source_id = factory.Sequence(lambda n: f"TI{n:05}")
    child = factory.SubFactory(ChildFactory)
    professional = factory.SubFactory(ProfessionalFactory)
    professional_wording = factory.SelfAttribute("professional.source_id")
    team = "West"
    from_on = date(2015, 5, 1)


class SettingFactory(DjangoModelFactory):
    class Meta:
        model = Setting

    register = "social_care"
    urn = factory.Sequence(lambda n: f"SC9{n:05}")
    name = factory.Sequence(lambda n: f"Alder House {n}")
    sort_key = factory.LazyAttribute(lambda made: made.name.casefold())
    status = "clear"

    @classmethod
    def _create(cls, *args, **given):
        # A setting that the pages make begins as one of which nothing is known.
        with databases.as_worker():
            return super()._create(*args, **given)


class PlacementFactory(AboutChild):
    """Where the source gave no number of a setting, which stands in the way of nothing here."""

    class Meta:
        model = Placement

    source = "here"
    source_id = factory.Sequence(lambda n: f"TPL{n:05}")
    child = factory.SubFactory(ChildFactory)
    urn_wording = "XXXXXXX"
    started_on = date(2016, 7, 1)


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = Report

    title = factory.Sequence(lambda n: f"Assurance {n}")
    as_at = date(2016, 6, 30)
    front = factory.LazyFunction(lambda: {"dated": "2016-06-30"})
    made_at = datetime(2016, 8, 1, 9, 30, tzinfo=UTC)


class RefusedRowFactory(DjangoModelFactory):
    class Meta:
        model = RefusedRow

    import_run = factory.SubFactory(ImportFactory)
    file = "ssd_person"
    line = factory.Sequence(lambda n: n + 2)
    row_id = factory.Sequence(lambda n: f"TP{n:05}")
    code = "bad_date"
    reason = "pers_dob: “31/02/2009” is no day."
    cells = factory.LazyFunction(
        lambda: {"pers_person_id": "TP1", "pers_forename": "Kit", "pers_surname": "Quill", "pers_dob": "31/02/2009"}
    )
