from django.urls import path

from plumbline.web.actions import views

urlpatterns = [
    path("actions/", views.actions, name="actions"),
    path("actions/<int:pk>/", views.action, name="action"),
    path("actions/<int:pk>/start/", views.start, name="action_start"),
    path("actions/<int:pk>/note/", views.note, name="action_note"),
    path("actions/<int:pk>/done/", views.report_done, name="action_done"),
    path("actions/<int:pk>/verify/", views.verify, name="action_verify"),
    path("actions/<int:pk>/send-back/", views.send_back, name="action_send_back"),
    path("actions/<int:pk>/move/", views.move, name="action_move"),
    path("actions/<int:pk>/hand-over/", views.hand_over, name="action_hand_over"),
    path("actions/<int:pk>/cancel/", views.cancel, name="action_cancel"),
]
