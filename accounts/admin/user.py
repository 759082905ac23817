"""Admin pages for users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.forms import UserChangeForm as BaseUserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.clients import ClientInfo
from accounts.emails import normalize_email
from accounts.models import User
from accounts.services.staff_actions import (
    Staff,
    record_changes,
    record_new_login,
    record_password_set,
    remove_second_factors,
)
from accounts.sign_in.sessions import end_other_sessions
from accounts.staff import exceeds
from config.admin.acts import ReasonForm
from config.admin.change_lists import FilteredLists
from config.admin.masking import mask_email, mask_name
from config.admin.options import actor_of, confirm, posted_when_confirmed
from config.admin.search import EMAIL, Term


class NewUserForm(BaseUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes = {"email": forms.EmailField}

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class UserForm(BaseUserChangeForm[User]):
    password = None  # type: ignore[assignment]  # instead of a part of its hash

    class Meta:
        model = User
        fields = ("email", "name", "is_active")
        help_texts: ClassVar = {"is_active": "No one can sign in with an inactive login."}
        field_classes = {"email": forms.EmailField}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stored = {"email": self.instance.email, "name": self.instance.name}
        if not self.instance.is_staff:
            self._mask("email", mask_email(self.instance.email))
            self._mask("name", mask_name(self.instance.name))

    def _mask(self, name: str, masked: str) -> None:
        """Show no personal data: an empty field keeps what is stored."""
        self.initial[name] = ""
        if field := self.fields.get(name):
            field.required, field.label = False, f"New {name}"
            field.help_text = f"Leave it empty to keep {masked or 'it'}."

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data.get("email") or self.instance.email)

    def clean_name(self) -> str:
        return self.cleaned_data.get("name") or self.stored["name"]


# A group is a set of permissions: staff who could edit one could grant themselves more.
admin.site.unregister(Group)

# Staff who edit these, or read a session key, could sign in as any user.
for _way_in in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(_way_in)


@admin.register(User)
class UserAdmin(FilteredLists, BaseUserAdmin[User]):
    """Users are deactivated rather than deleted, so that the audit trail stays."""

    form, add_form = UserForm, NewUserForm
    list_display = ("address", "person", "is_active", "is_staff", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email__exact",)
    search_terms = (
        Term("email", EMAIL, lambda rows, term: rows.filter(email=normalize_email(term))),
    )
    search_help_text = "Whole email address"
    ordering = ("email",)
    phone = ("address", "is_active", "person", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "name", "password_state")}),
        ("Permissions", {"fields": ("is_active", "staff_groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),
    )
    filter_horizontal = ()
    actions = ("remove_second_factor",)

    @admin.display(description="Email")
    def address(self, user: User) -> str:
        """Show addresses of staff, and mask those of members."""
        return user.email if user.is_staff else mask_email(user.email)

    @admin.display(description="Name")
    def person(self, user: User) -> str:
        return user.name if user.is_staff else mask_name(user.name)

    @admin.display(description="Password")
    def password_state(self, user: User) -> str:
        """Show no part of its hash."""
        if not user.has_usable_password():
            return "Not set"
        if user.is_staff:
            return "Set. Staff reset a forgotten one by email."
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('Set. <a href="{}">Change password</a>', address)

    @admin.display(description="Staff groups")
    def staff_groups(self, user: User) -> str:
        if not user.is_staff:
            return "Not a member of the staff"
        names = ["superuser"] if user.is_superuser else []
        return ", ".join([*names, *user.groups.values_list("name", flat=True)]) or "None"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave groups to the page of staff, and whom to let in to invitations."""
        ways_in = ("email",) if _is_colleague(request, obj) else ()
        return ("last_login", "date_joined", "password_state", "staff_groups", *ways_in)

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.reset_second_factor")

    @admin.action(
        description="Remove two-factor authentication of selected users", permissions=["reset"]
    )
    def remove_second_factor(
        self, request: HttpRequest, users: QuerySet[User]
    ) -> TemplateResponse | None:
        form = ReasonForm(posted_when_confirmed(request))
        if page := confirm(
            self,
            request,
            users,
            action="remove_second_factor",
            form=form,
            question="Remove two-factor authentication of these users?",
            consequence="They can sign in with a password alone. Verify who is asking first.",
            button="Remove two-factor authentication",
        ):
            return page
        removed = [
            str(user)
            for user in users
            if not exceeds(user, acting_user(request))
            and remove_second_factors(user=user, staff=_staff(request), **form.cleaned_data)
        ]
        messages.success(request, f"Removed: {', '.join(removed) or 'none'}.")
        return None

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Setting a colleague's password allows signing in as that colleague.
        if obj and obj != request.user:
            is_colleague = obj.is_staff and not request.user.has_perm("accounts.manage_staff")
            if is_colleague or exceeds(obj, acting_user(request)):
                return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            record_new_login(user=obj, staff=_staff(request))
            return
        stored = {**form.initial, **form.stored}
        before = {name: _readable(stored.get(name)) for name in form.changed_data}
        after = {name: _readable(form.cleaned_data[name]) for name in form.changed_data}
        for name in [name for name in before if before[name] == after[name]]:
            del before[name], after[name]
        record_changes(user=obj, before=before, after=after, staff=_staff(request))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        user = User.objects.filter(pk=id).first()
        if _is_colleague(request, user):
            raise PermissionDenied
        response = super().user_change_password(request, id, form_url)
        if user and isinstance(response, TemplateResponse):
            context: Any = response.context_data
            context.update(title=f"Change password: {user}", original=_Named(user.pk, str(user)))
        if user and User.objects.exclude(password=user.password).filter(pk=user.pk).exists():
            user.refresh_from_db()
            end_other_sessions(request, user)
            record_password_set(user=user, staff=_staff(request))
        return response

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class _Named:
    """What the page for a password shows of a user."""

    pk: int
    name: str

    def __str__(self) -> str:
        return self.name

    get_username = __str__


def _is_colleague(request: HttpRequest, user: User | None) -> bool:
    """Return whether the request's person could approve their own requests as `user`.

    Staff reset a forgotten password by email; for another address they are invited again.
    """
    return user is not None and user.is_staff and user != request.user


def acting_user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _staff(request: HttpRequest) -> Staff:
    return Staff(actor_of(request), ClientInfo.of(request))


def _readable(value: Any) -> Any:
    """Return the value of a form's field as the audit trail can store it."""
    return value if isinstance(value, str | bool | None) else [str(each) for each in value]
