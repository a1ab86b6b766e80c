from django.urls import path

from plumbline.web.contracts.register import deciding, people, rating, registering, views

urlpatterns = [
    path("contracts/", views.contracts, name="contracts"),
    path("contracts/team/", deciding.team, name="contracts_team"),
    path("contracts/new/", registering.new, name="contract_new"),
    path("contracts/people/", people.people, name="contracts_people"),
    path("contracts/people/undo/", people.undo, name="contracts_people_undo"),
    path("contracts/published/", registering.published, name="contracts_published"),
    path("contracts/<int:pk>/", views.contract, name="contract"),
    path("contracts/<int:pk>/history/", views.history, name="contract_history"),
    path("contracts/<int:pk>/colours.svg", views.colours, name="contract_colours"),
    path("contracts/<int:pk>/change/", registering.change, name="contract_change"),
    path("contracts/<int:pk>/end/", registering.end, name="contract_end"),
    path("contracts/<int:pk>/rating/", rating.by_hand, name="contract_rating"),
    path("contracts/<int:pk>/rating/end/", rating.end_by_hand, name="contract_rating_end"),
    path("contracts/<int:pk>/decide/", deciding.decide, name="contract_decide"),
]
