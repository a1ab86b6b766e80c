"""People, organisations, users with roles and ties, made by the shortest way."""

from datetime import UTC, date, datetime

import factory
from django.db.models import Model
from factory.django import DjangoModelFactory

from plumbline.intake.models import Import
from plumbline.kernel.names import sort_key
from plumbline.people import models
from tests import databases

LONG_AGO = date(2010, 1, 1)


def hold_role(user: models.User, role: str, from_on: date = LONG_AGO, **more: object) -> models.RoleHeld:
    """The user holds a role, which the pages may not write themselves."""
    with databases.as_worker():
        return models.RoleHeld.objects.create(user=user, role=role, from_on=from_on, **more)


class ImportFactory(DjangoModelFactory):
    class Meta:
        model = Import

    kind = "ssd"
    label = factory.Sequence(lambda n: f"extract {n}")
    at = datetime(2016, 8, 1, 9, 30, tzinfo=UTC)
    by_name = "the machine"
    as_at = date(2016, 7, 31)


def came_in(row: Model, *, import_run: Import | None = None, missing_since: date | None = None) -> None:
    """Say that an import brought the row, which the pages may not say."""
    origin = type(row)._meta.get_field("origin").related_model
    with databases.as_worker():
        origin.objects.create(row=row, import_run=import_run or ImportFactory(), missing_since=missing_since)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence(lambda n: f"Ash School {n}")
    sort_key = factory.LazyAttribute(lambda made: sort_key(made.name))
    sector = "school"


class ProfessionalFactory(DjangoModelFactory):
    class Meta:
        model = models.Professional

    source_id = factory.Sequence(lambda n: f"TW{n:04}")
    name = factory.Sequence(lambda n: f"Robin Field {n}")
    sort_key = factory.LazyAttribute(lambda made: sort_key(made.name))


class AboutChild(DjangoModelFactory):
    """What is known of a child comes from the social-care system, whose rows the worker takes in.

    `missing_since`: the day since which the newest extract no longer holds it.
    """

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, *args, missing_since=None, **given):
        with databases.as_worker():
            made = super()._create(*args, **given)
            if missing_since:
                came_in(made, missing_since=missing_since)
            return made


class ChildFactory(AboutChild):
    class Meta:
        model = models.Child

    source_id = factory.Sequence(lambda n: f"TP{n:05}")
    forename = "Kit"
    surname = factory.Sequence(lambda n: f"Quill{n}")
    sort_key = factory.LazyAttribute(lambda made: f"{made.surname}, {made.forename}".casefold())
    dob = date(2008, 2, 29)


class UserFactory(DjangoModelFactory):
    """`UserFactory(role="team_manager", role__team="West")` holds a role since long ago."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"tester{n}")
    name = factory.Sequence(lambda n: f"Tess Ter {n}")

    @factory.post_generation
    def role(self, create: bool, role: str | None, **more: object) -> None:
        if role:
            hold_role(self, role, **more)


class TieFactory(DjangoModelFactory):
    class Meta:
        model = models.Tie

    user = factory.SubFactory(UserFactory)
    subject_type = "child"
    why = "allocated_worker"
    from_on = LONG_AGO
