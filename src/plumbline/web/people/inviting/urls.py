from django.urls import path

from plumbline.web.people.inviting import accepting, views

urlpatterns = [
    path("organisations/<int:organisation_id>/invite/", views.invite, name="invite"),
    path("invitations/<int:pk>/send/", views.send_again, name="invitation_send"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="invitation_withdraw"),
    path("invited/<int:pk>/<str:token>/", accepting.invited, name="invited"),
]
