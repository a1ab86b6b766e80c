"""A tender of ours as open contracting data, as a file."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from plumbline.commissioning.queries.tenders import tender_seen
from plumbline.exchange import export_ocds
from plumbline.people.access import Permission
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting


@requires(Permission.TENDERS_VIEW)
def tender_open_data(request: Request, pk: int) -> HttpResponseBase:
    """The package to be published. What is in its way is said on a page."""
    tender = tender_seen(request.user, tender_id=pk, on=request.day)
    package = export_ocds.export_tender(
        tender=tender,
        prefix=settings.OCID_PREFIX,
        council=settings.COUNCIL,
        uri=request.build_absolute_uri(request.path),
        act=acting(request),
    )
    answer = HttpResponse(export_ocds.as_text(package), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{package['releases'][0]['ocid']}.json")
    return answer
