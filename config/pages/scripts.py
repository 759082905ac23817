"""`js/sign-in.js`, the one script of the pages that use passkeys: allauth's three and ours."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders

from config.pages.joined import JoinedFinder

#: In this order: the last one starts what a page asks for.
_PARTS = (
    "mfa/js/webauthn-json.js",
    "mfa/js/webauthn.js",
    "js/passkeys.js",
    "account/js/onload.js",
)


class PasskeysFinder(JoinedFinder):
    name = "js/sign-in.js"
    #: Ends a part that leaves that to the end of its file.
    between = "\n;\n"

    def parts(self) -> list[Path]:
        return [Path(str(finders.find(name))) for name in _PARTS]
