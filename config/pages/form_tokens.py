"""Ids that forms propose for what they make, so that a form sent twice makes it once."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer

from config.db.ids import new_id


class SubmissionIdField(forms.CharField):
    """A hidden id; the form calls `bind` when it is made.

    It is signed, or an answer that a row is there already would tell which ids others have.
    """

    widget = forms.HiddenInput
    _signer: Signer

    def bind(self, owner: str) -> None:
        """Proposes a new id to `owner`, from whom alone it is taken back."""
        self._signer = Signer(salt=f"proposed-id:{owner}")
        self.initial = self._signer.sign(new_id())

    def clean(self, value: object) -> str:
        """The id itself."""
        try:
            return self._signer.unsign(super().clean(value))
        except BadSignature:
            raise ValidationError("Reload this page and fill in the form again.") from None
