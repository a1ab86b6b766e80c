from django.urls import path

from plumbline.web.contracts.incidents import contacts, contract_forms, follow_up, held, reading, views

urlpatterns = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/of-child/<int:pk>/", views.of_child, name="incident_of_child"),
    path("incidents/at-setting/<int:pk>/", follow_up.at_the_setting, name="child_at_incident"),
    path("incidents/e-mails/<int:pk>/<str:token>/", reading.mail_read, name="incident_mail_read"),
    path("incidents/<int:pk>/", views.incident, name="incident"),
    path("texts-to-read/", held.texts, name="texts_to_read"),
    path("texts-to-read/<int:pk>/", held.text, name="text_to_read"),
    path("incidents/<int:pk>/account/", views.account, name="incident_account"),
    path("incidents/<int:pk>/told/<int:number>/", follow_up.sent, name="incident_sent"),
    path("incidents/<int:pk>/told/<int:number>/received/", follow_up.received, name="incident_received"),
    path("incidents/<int:pk>/told/<int:number>/not-needed/", follow_up.not_needed, name="incident_not_needed"),
    path("incidents/<int:pk>/news/", follow_up.news, name="incident_news"),
    path("incidents/<int:pk>/news/<int:number>/", follow_up.news_sent, name="incident_news_sent"),
    path("incidents/<int:pk>/steps/<int:number>/tick/", follow_up.tick, name="incident_step_tick"),
    path("incidents/<int:pk>/steps/<int:number>/untick/", follow_up.untick, name="incident_step_untick"),
    path("incidents/<int:pk>/panel/", follow_up.decide, name="incident_decide"),
    path("incidents/<int:pk>/outcome/", follow_up.outcome, name="incident_outcome"),
    path("incidents/<int:pk>/change/", follow_up.change, name="incident_change"),
    path("incidents/<int:pk>/action/", follow_up.action, name="incident_action"),
    path("incidents/<int:pk>/review/", follow_up.review, name="incident_review"),
    path("incidents/<int:pk>/reopen/", follow_up.reopen, name="incident_reopen"),
    path("incidents/<int:pk>/close/", follow_up.close, name="incident_close"),
    path("incidents/<int:pk>/set-aside/", follow_up.set_aside, name="incident_set_aside"),
    path("incidents/<int:pk>/take-back/", follow_up.take_back, name="incident_take_back"),
    path("incidents/<int:pk>/readers/", follow_up.let_read, name="incident_let_read"),
    path("incidents/<int:pk>/child/", follow_up.child, name="incident_child"),
    path("reporting-contacts/", contacts.of_council, name="reporting_contacts"),
    path("reporting-contacts/<slug:recipient>/", contacts.change_of_council, name="reporting_contact"),
    path("contracts/<int:pk>/reporting-contacts/", contacts.of_contract, name="contract_contacts"),
    path(
        "contracts/<int:pk>/reporting-contacts/<slug:recipient>/", contacts.change_of_contract, name="contract_contact"
    ),
    path("contracts/<int:pk>/incidents/", views.contract_incidents, name="contract_incidents"),
    path("contracts/<int:pk>/incidents/report/", follow_up.report, name="incident_report"),
    path("contracts/<int:pk>/incident-form/", contract_forms.incident_form, name="incident_form"),
    path("contracts/<int:pk>/incident-form/write/", contract_forms.write, name="incident_form_write"),
    path("contracts/<int:pk>/incident-form/<int:number>/agree/", contract_forms.agree, name="incident_form_agree"),
]
