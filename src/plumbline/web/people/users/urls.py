from django.urls import path

from plumbline.web.people.users import holidays, labels, leaving, reached, views

urlpatterns = [
    path("users/", views.users, name="people"),
    path("users/without-account/", reached.without_account, name="without_account"),
    path("users/emails/", reached.emails, name="emails"),
    path("bank-holidays/", holidays.bank_holidays, name="bank_holidays"),
    path("labels/", labels.all_labels, name="labels"),
    path("labels/<slug:key>/", labels.change, name="label"),
    path("labels/<int:wording_id>/take-out/", labels.take_out, name="label_take_out"),
    path("users/new/", views.new_user, name="user_new"),
    path("users/asked/", views.roles_asked, name="roles_asked"),
    path("users/asked/<int:asked_id>/", views.decide_role, name="role_decide"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/role/", views.give_role, name="user_give_role"),
    path("users/<int:user_id>/role/<int:held_id>/end/", views.end_role, name="user_end_role"),
    path("users/<int:user_id>/professional/", views.join_professional, name="user_join_professional"),
    path("users/<int:user_id>/correct/", views.correct, name="user_correct"),
    path("users/<int:user_id>/password/", views.new_password, name="user_new_password"),
    path("users/<int:user_id>/leaving/", leaving.leaving, name="user_leaving"),
    path("users/<int:user_id>/switch/", views.switch, name="user_switch"),
]
