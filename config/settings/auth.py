"""Sign-in of users."""

from __future__ import annotations

from config.settings.env import IS_PRODUCTION, env

SESSION_ENGINE = "config.pages.sessions"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/dashboard/"
LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGOUT_REDIRECT_URL
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.sign_in.allauth.AccountAdapter"
USERSESSIONS_ADAPTER = "accounts.sign_in.allauth.SessionsAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.SignInForm",
    "signup": "accounts.forms.sign_in.SignUpForm",
    "add_email": "accounts.forms.allauth.AddEmailForm",
    "change_password": "accounts.forms.allauth.ChangePasswordForm",
    "set_password": "accounts.forms.allauth.SetPasswordForm",
    "reset_password": "accounts.forms.allauth.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.allauth.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.allauth.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Opening the emailed link in the browser of the sign-up signs the user in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# One address per user: a new one replaces it once it is verified.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Sessions of staff end sooner, in all and when idle.
STAFF_SESSION_SECONDS = 12 * 60 * 60
STAFF_IDLE_SECONDS = 30 * 60
# How often one of them can open personal data in 24 hours.
PERSONAL_DATA_PER_DAY = env.int("PERSONAL_DATA_PER_DAY", 50)
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Added to allauth's own limits; those with names of ours are consumed in `accounts`.
ACCOUNT_RATE_LIMITS = {
    # Mails to an address that may belong to someone who never asked for them.
    "confirm_email": "1/60s/key,5/h/key",
    "reset_mail": "3/h/key",
    "enrolment_mail": "1/30s/key,5/h/key",
    "enrolment_code": "5/600s/key",
    # Failed sign-ins with an address from everywhere, and from a device that knows its user; those
    # from one network are allauth's `login_failed`.
    "login_failed_address": "30/h/key",
    "login_failed_device": "5/300s/key",
    # Downloads of CSV and PDF files, which are made each time.
    "export": "10/60s/user",
    # Entries of the audit trail about failures, so that a flood does not fill it.
    "failure_entries": "10/h/key",
    "lockout_entry": "1/300s/key",
    "unknown_address_entry": "1/h/key",
    "unknown_address_network": "10/h/key",
    "unknown_address_entries": "100/h/key",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "accounts.sign_in.allauth.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.allauth.SecondStepForm",
    "reauthenticate": "accounts.forms.allauth.SecondFactorReauthenticateForm",
    "login_webauthn": "accounts.forms.allauth.SignInPasskeyForm",
    "authenticate_webauthn": "accounts.forms.allauth.SecondStepPasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.allauth.ReauthenticatePasskeyForm",
    "activate_totp": "accounts.forms.allauth.ActivateAppForm",
    "add_webauthn": "accounts.forms.allauth.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.allauth.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ShopIQ"
# A code is accepted for another half minute, for phones whose clock is slightly off.
MFA_TOTP_TOLERANCE = 1
# Without this, a user with a second factor could not change the address; sign-in requires a
# verified one anyway.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers require https themselves, except on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
STAFF_REQUIRE_SECOND_FACTOR = env.bool("STAFF_REQUIRE_SECOND_FACTOR", default=IS_PRODUCTION)
