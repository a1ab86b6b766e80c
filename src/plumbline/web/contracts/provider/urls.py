from django.urls import path

from plumbline.web.contracts.provider import views

urlpatterns = [
    path("provider/", views.home, name="provider"),
    path("provider/contracts/<int:pk>/", views.contract, name="provider_contract"),
    path("provider/contracts/<int:pk>/policies/<slug:key>/", views.policy, name="provider_policy"),
    path("contracts/policies/", views.offers, name="policy_offers"),
    path("contracts/policies/<int:pk>/", views.offer, name="policy_offer"),
]
