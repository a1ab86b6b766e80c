from django.urls import path

from plumbline.web.incidents import contacts, contract_forms, doing, held, views

urlpatterns = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/of-child/<int:pk>/", views.of_child, name="incident_of_child"),
    path("incidents/at-setting/<int:pk>/", doing.at_the_setting, name="child_at_incident"),
    path("incidents/<int:pk>/", views.incident, name="incident"),
    path("texts-to-read/", held.texts, name="texts_to_read"),
    path("texts-to-read/<int:pk>/", held.text, name="text_to_read"),
    path("incidents/<int:pk>/account/", views.account, name="incident_account"),
    path("incidents/<int:pk>/told/<int:number>/", doing.sent, name="incident_sent"),
    path("incidents/<int:pk>/told/<int:number>/received/", doing.received, name="incident_received"),
    path("incidents/<int:pk>/told/<int:number>/not-needed/", doing.not_needed, name="incident_not_needed"),
    path("incidents/<int:pk>/news/", doing.news, name="incident_news"),
    path("incidents/<int:pk>/news/<int:number>/", doing.news_sent, name="incident_news_sent"),
    path("incidents/<int:pk>/steps/<int:number>/tick/", doing.tick, name="incident_step_tick"),
    path("incidents/<int:pk>/steps/<int:number>/untick/", doing.untick, name="incident_step_untick"),
    path("incidents/<int:pk>/panel/", doing.decide, name="incident_decide"),
    path("incidents/<int:pk>/outcome/", doing.outcome, name="incident_outcome"),
    path("incidents/<int:pk>/change/", doing.change, name="incident_change"),
    path("incidents/<int:pk>/action/", doing.action, name="incident_action"),
    path("incidents/<int:pk>/review/", doing.review, name="incident_review"),
    path("incidents/<int:pk>/reopen/", doing.reopen, name="incident_reopen"),
    path("incidents/<int:pk>/close/", doing.close, name="incident_close"),
    path("incidents/<int:pk>/set-aside/", doing.set_aside, name="incident_set_aside"),
    path("incidents/<int:pk>/take-back/", doing.take_back, name="incident_take_back"),
    path("incidents/<int:pk>/readers/", doing.let_read, name="incident_let_read"),
    path("incidents/<int:pk>/child/", doing.child, name="incident_child"),
    path("reporting-contacts/", contacts.of_council, name="reporting_contacts"),
    path("reporting-contacts/<slug:recipient>/", contacts.change_of_council, name="reporting_contact"),
    path("contracts/<int:pk>/reporting-contacts/", contacts.of_contract, name="contract_contacts"),
    path(
        "contracts/<int:pk>/reporting-contacts/<slug:recipient>/", contacts.change_of_contract, name="contract_contact"
    ),
    path("contracts/<int:pk>/incidents/", views.contract_incidents, name="contract_incidents"),
    path("contracts/<int:pk>/incidents/report/", doing.report, name="incident_report"),
    path("contracts/<int:pk>/incident-form/", contract_forms.incident_form, name="incident_form"),
    path("contracts/<int:pk>/incident-form/write/", contract_forms.write, name="incident_form_write"),
    path("contracts/<int:pk>/incident-form/<int:number>/agree/", contract_forms.agree, name="incident_form_agree"),
]
