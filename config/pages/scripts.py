"""Scripts that are put together, so that a page needs one request for them."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.staticfiles import finders

from config.pages.joined import JoinedFinder


class ScriptsFinder(JoinedFinder):
    #: Ends a part that leaves that to the end of its file.
    between = "\n;\n"
    #: Whole lines only: elsewhere, what looks like a comment can be part of an address.
    left_out = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
    names: tuple[str, ...]

    def parts(self) -> list[Path]:
        return [Path(str(finders.find(name))) for name in self.names]


class ShellFinder(ScriptsFinder):
    """The script of pages inside the shell: that of every page, and that of lists."""

    name = "js/shell.js"
    names = ("js/pages.js", "js/lists.js")


class PasskeysFinder(ScriptsFinder):
    """The script of pages that use passkeys: allauth's three and ours."""

    name = "js/sign-in.js"
    #: In this order: the last one starts what a page asks for.
    names = (
        "mfa/js/webauthn-json.js",
        "mfa/js/webauthn.js",
        "js/passkeys.js",
        "account/js/onload.js",
    )


class ShellWithPasskeysFinder(ScriptsFinder):
    """The script of a page inside the shell that uses passkeys."""

    name = "js/shell-with-passkeys.js"
    names = (*ShellFinder.names, *PasskeysFinder.names)
