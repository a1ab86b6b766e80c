"""The names are those that allauth itself leads to."""

from django.urls import path

from plumbline.web.people.account import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/code/", views.second_factor, name="mfa_authenticate"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("sign-in/inactive/", views.inactive, name="account_inactive"),
    path("session/", views.go_on, name="session_go_on"),
    path("account/", views.my_account, name="account"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", views.second_factor_again, name="mfa_reauthenticate"),
    path("account/second-factor/", views.my_account, name="mfa_index"),
    path("account/second-factor/set-up/", views.set_up_second_factor, name="mfa_activate_totp"),
    path("account/second-factor/take-off/", views.take_off_second_factor, name="mfa_deactivate_totp"),
    path("account/second-factor/codes/", views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/make/", views.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/download/", views.download_recovery_codes, name="mfa_download_recovery_codes"),
]
