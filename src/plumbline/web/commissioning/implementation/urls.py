from django.urls import path

from plumbline.web.commissioning.implementation import packs, views

urlpatterns = [
    path("tenders/<int:pk>/implementation/", views.implementation, name="tender_implementation"),
    path("tenders/<int:pk>/implementation/<int:award_id>/", views.implementation, name="award_implementation"),
    path("tenders/<int:pk>/implementation/<int:award_id>/new/", views.make, name="plan_new"),
    path("plans/<int:pk>/start/", views.move_start, name="plan_start"),
    path("plans/<int:pk>/supplier/", views.supplier, name="plan_supplier"),
    path("plans/<int:pk>/owners/", views.owners, name="plan_owners"),
    path("plans/<int:pk>/leads/", views.leads, name="plan_leads"),
    path("plans/<int:pk>/agreements/new/", views.agreement, name="plan_agreement"),
    path("plans/<int:pk>/items/<int:number>/", views.item, name="plan_item"),
    path("plans/<int:pk>/contract/", views.contract, name="plan_contract"),
    path("plans/<int:pk>/go-live/", views.go_live, name="plan_go_live"),
    path("plans/<int:pk>/contacts/<slug:side>/<slug:role>/", packs.contact, name="plan_contact"),
    path("plans/<int:pk>/packs/give/", packs.give, name="pack_give"),
    path("packs/<int:pk>/", packs.pack, name="pack"),
    path("packs/<int:pk>/pack.<slug:kind>", packs.pack_file, name="pack_file"),
    path("packs/<int:pk>/confirm/", packs.confirm, name="pack_confirm"),
]
