"""Ids that forms propose for new rows, so that submitting a form twice creates one row."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext

from config.db.ids import new_id


class SubmissionIdField(forms.CharField):
    """A hidden id; the form calls `bind` when it is created.

    It is signed: otherwise the message that a row already exists would reveal other partners' ids.
    """

    widget = forms.HiddenInput
    _signer: Signer

    def bind(self, owner: str) -> None:
        """Propose a new id, which is accepted from `owner` only."""
        self._signer = Signer(salt=f"proposed-id:{owner}")
        self.initial = self._signer.sign(new_id())

    def clean(self, value: object) -> str:
        """Return the id."""
        try:
            return self._signer.unsign(super().clean(value))
        except BadSignature:
            text = gettext("Reload this page and fill in the form again.")
            raise ValidationError(text) from None
