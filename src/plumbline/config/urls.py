"""Every route. Each carries its mark of who may use it (web.access)."""

from django.urls import include, path

urlpatterns = [
    path("", include("plumbline.web.account.urls")),
    path("", include("plumbline.web.about.urls")),
    path("", include("plumbline.web.figures.urls")),
    path("", include("plumbline.web.audit.urls")),
    path("", include("plumbline.web.children.urls")),
    path("", include("plumbline.web.imports.urls")),
    path("", include("plumbline.web.queues.urls")),
    path("", include("plumbline.web.reports.urls")),
    path("", include("plumbline.web.search.urls")),
    path("", include("plumbline.web.tacs.urls")),
    path("", include("plumbline.web.users.urls")),
    path("", include("plumbline.web.work.urls")),
    path("", include("plumbline.web.flags.urls")),
    path("", include("plumbline.web.settings.urls")),
    path("", include("plumbline.web.placements.urls")),
    path("", include("plumbline.web.check.urls")),
    path("", include("plumbline.web.contracts.urls")),
    path("", include("plumbline.web.toolkits.urls")),
    path("", include("plumbline.web.evidence.urls")),
    path("", include("plumbline.web.actions.urls")),
    path("", include("plumbline.web.contract_care.urls")),
    path("", include("plumbline.web.returns.urls")),
    path("", include("plumbline.web.incidents.urls")),
    path("", include("plumbline.web.provider.urls")),
    path("", include("plumbline.web.tenders.urls")),
    path("", include("plumbline.web.evaluation.urls")),
    path("", include("plumbline.web.implementation.urls")),
    path("", include("plumbline.web.suppliers.urls")),
]
