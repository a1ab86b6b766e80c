"""The layouts of lists that are no published list of settings: Ofsted's list to each council, joiners and leavers.

Sources: domain.md 5.9, and the files themselves.
"""

from collections.abc import Sequence

from plumbline.exchange.ofsted_layouts import PUBLISHED, Block, Layout
from plumbline.ofsted.grades import Aspect
from plumbline.ofsted.rules import Kind

# --- lists that Ofsted sends to each council ------------------------------------------------------------------------

# The only lists that name homes. Three layouts were seen: one of children's homes, one of other providers, one of all.
_COUNCIL_ALIASES = {
    "setting name": "name",
    "provider name": "name",
    "provider type": "provision type",
    "provider status": "registration status",
    "deregistration date": "closed date",
    "provider placement code": "placement code",
    "provider code": "placement provider code",
    "max users": "places",
    "number of registered places": "places",
    "maximum fostering places": "places",
    "capacity": "places",
    "full inspection start date": "date of last full inspection",
    "latest overall effectiveness grade from last full inspection": "overall effectiveness",
    "link to ofsted report webpage": "link to ofsted report",
    "linked school urn": "linked urn",
    "organisation name": "owner name",
    "setting local authority": "local authority",
    "setting status": "status of the setting",
    **{
        f"{whose} {before}{part}": f"address {part}"
        for whose in ("setting", "provider")
        for before in ("address ", "")
        for part in ("line 1", "line 2", "line 3", "town", "county", "postcode")
    },
    **{f"{whose} telephone number": "telephone" for whose in ("setting", "provider")},
    **{f"{whose} email address": "email" for whose in ("setting", "provider")},
}
_TOLD_TO_COUNCILS = {
    "name": "name",
    **{f"address {part}": part for part in ("line 1", "line 2", "line 3", "town", "county", "postcode")},
    "telephone": "telephone",
    "email": "email",
    "placement code": "placement_codes",
    "placement provider code": "provider_codes",
    "places": "places",
    "closed date": "closed_on",
    "link to ofsted report": "report_link",
    "conditions": "conditions",
    "owner name": "owner",
}
_COUNCIL_KNOWN = frozenset(
    {
        "provider subtype",
        "postcode area",
        "emotional and behavioural difficulties",
        "mental disorders",
        "sensory impairment",
        "present alcohol problems",
        "present drug problems",
        "present impairment",
        "learning difficulty",
        "physical disabilities",
        "multi building ch",
        "owner type",
        "owner id",
        "region",
        "top company (as listed on companies' house)",
        "top_company",
        "linked school name",
        "linked school type",
        "linked school latest inspection date",
        "provider local authority",
        "status of the setting",
        "setting status date",
        "setting category",
        *(f"owner {part}" for part in ("address line 1", "address line 2", "town", "county", "postcode")),
    }
)
_COUNCIL_ATTRIBUTES = {
    "provision type": "provision_type",
    "registration status": "registration_status",
    "registration date": "registered_on",
    "closed date": "closed_on",
    "local authority": "local_authority",
    "region": "region",
    "sector": "sector",
    "places": "places",
    "linked urn": "linked_urn",
}

TO_COUNCILS = Layout(
    family="social_care_to_councils",
    register="social_care",
    kind_name="the list of providers that Ofsted sends to councils",
    required=frozenset({"urn", "provision type", "registration status", "placement code"}),
    aliases=_COUNCIL_ALIASES,
    attributes=_COUNCIL_ATTRIBUTES,
    facts=_TOLD_TO_COUNCILS,
    blocks=(
        Block(
            kind=Kind.FULL,
            inspected_on="date of last full inspection",
            judgements={
                "overall effectiveness": Aspect.OVERALL,
                "cyp safety": Aspect.HELPED_PROTECTED,
                "leadership and management": Aspect.LEADERS,
                "cyp outcomes": Aspect.OUTCOMES,
            },
        ),
        Block(
            kind=Kind.INTERIM,
            inspected_on="interim inspection start date",
            judgements={"interim inspection overall effectiveness": Aspect.INTERIM_OUTCOME},
        ),
        Block(kind=Kind.MONITORING, inspected_on="assurance visit start date", judgements={}),
    ),
    dates=frozenset({"registered_on", "closed_on"}),
    in_year=True,
    absent=frozenset({"not provided as service is inspected as part of the ilacs inspection"}),
    known=_COUNCIL_KNOWN,
)

# The second sheet of the list of children's homes.
TO_COUNCILS_CONDITIONS = Layout(
    family="social_care_to_councils_conditions",
    register="social_care",
    kind_name="the conditions of registration in the list that Ofsted sends to councils",
    required=frozenset({"urn", "name", "conditions"}),
    aliases=_COUNCIL_ALIASES,
    attributes={"local authority": "local_authority"},
    facts={"name": "name", "conditions": "conditions"},
    blocks=(),
    in_year=True,
    proves=False,
    known=_COUNCIL_KNOWN,
)

# --- providers that joined and left ---------------------------------------------------------------------------------

_BECAME = "first effective date (that the provider "
JOINERS_AND_LEAVERS = Layout(
    family="social_care_joiners_and_leavers",
    register="social_care",
    kind_name="a list of joiners and leavers of children's social care",
    required=frozenset({"urn", "provision type", "joiner status", "leaver status"}),
    aliases={
        f"{_BECAME}became active)": "registration date",
        f"{_BECAME}closed)": "closed date",
        "cancelled or resigned date": "closed date",
        "government office region": "region",
    },
    attributes={
        "provision type": "provision_type",
        "name": "name",
        "registration date": "registered_on",
        "closed date": "closed_on",
        "leaver status": "leaver",
        "local authority": "local_authority",
        "region": "region",
        "ofsted region": "ofsted_region",
        "sector": "sector",
        "places": "places",
        f"{_BECAME}became resigned)": "resigned_on",
        f"{_BECAME}became cancelled)": "cancelled_on",
    },
    blocks=(),
    dates=frozenset({"registered_on", "closed_on", "resigned_on", "cancelled_on"}),
    in_year=True,
    proves=False,
    day_in="registration status",
    known=frozenset(
        {
            "parliamentary constituency",
            "flag for appealed",
            "joiner status",
            "reason",
            "short-break-only children's home",
        }
    ),
)

CLOSED_PROVIDERS = Layout(
    family="social_care_closed_providers",
    register="social_care",
    kind_name="a list of closed providers of children's social care",
    required=frozenset({"urn", "provider_status", "close_date"}),
    aliases={},
    attributes={"provider_status": "registration_status", "close_date": "closed_on"},
    blocks=(),
    dates=frozenset({"closed_on"}),
    in_year=True,
    proves=False,
)

# In the order of trying: the header of an earlier one is never that of a later one.
LAYOUTS: Sequence[Layout] = (
    *PUBLISHED,
    TO_COUNCILS,
    TO_COUNCILS_CONDITIONS,
    JOINERS_AND_LEAVERS,
    CLOSED_PROVIDERS,
)
