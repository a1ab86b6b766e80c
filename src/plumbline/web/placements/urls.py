from django.urls import path

from plumbline.web.placements import asking, exceptions, recording, views

urlpatterns = [
    path("may-i-place/", asking.may_i_place, name="may_i_place"),
    path("may-i-place/<int:number>/", asking.answer, name="enquiry"),
    path("placements/", views.placements, name="placements"),
    path("placements/record/", recording.record, name="placement_record"),
    path("placements/exceptions/", exceptions.exceptions, name="exceptions"),
    path("placements/exceptions/ask/", exceptions.ask_for, name="exception_ask"),
    path("placements/exceptions/<int:exception_id>/", exceptions.exception, name="exception"),
    path("placements/<int:placement_id>/", views.placement, name="placement"),
    path("placements/<int:placement_id>/end/", recording.end, name="placement_end"),
]
