from django.urls import path

from plumbline.web.exchange.queues import views

urlpatterns = [
    path("queues/", views.queues, name="queues"),
    path("queues/wording/", views.wording_queue, name="queue_wording"),
    path("queues/organisations/", views.organisation_queue, name="queue_organisations"),
    path("queues/wording/undo/", views.unmap_wording, name="queue_wording_undo"),
    path("queues/organisations/decide/", views.decide_organisation, name="queue_organisation_decide"),
    path("queues/organisations/undo/", views.unmap_organisation, name="queue_organisations_undo"),
    path("queues/gone/", views.gone, name="queue_gone"),
    path("queues/gone/<slug:file>/", views.gone_rows, name="queue_gone_rows"),
    path("queues/refused/", views.refused_queue, name="queue_refused"),
    path("queues/refused/<int:refused_id>/", views.refused, name="refused"),
    path("queues/refused/<int:refused_id>/mend/", views.mend, name="refused_mend"),
    path("queues/refused/<int:refused_id>/set-aside/", views.set_aside, name="refused_set_aside"),
    path("queues/refused/<int:refused_id>/reopen/", views.reopen, name="refused_reopen"),
]
