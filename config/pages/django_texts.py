"""Texts of Django's own that our pages show, for the catalogues of our languages.

`makemessages` reads them here: Django has no Assamese, and its Hindi lacks some of them. What we
word ourselves, such as the errors of forms, is in `form_messages`. As in Django, the spaces after
`%(count)s` do not break.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop, ngettext_lazy, npgettext_lazy

TEXTS = (
    gettext_noop("Enter a whole number."),
    gettext_noop("(Hidden field %(name)s) %(error)s"),
    # Translators: between the items of a list
    gettext_noop(", "),
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
    # Translators: Monday, abbreviated
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    # Translators: Sunday, abbreviated
    gettext_noop("Sun"),
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    # Translators: the month
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
    # Translators: January, abbreviated as in dates such as "24 Nov 2026"
    gettext_noop("jan"),
    gettext_noop("feb"),
    gettext_noop("mar"),
    gettext_noop("apr"),
    # Translators: the month, abbreviated
    gettext_noop("may"),
    gettext_noop("jun"),
    gettext_noop("jul"),
    gettext_noop("aug"),
    gettext_noop("sep"),
    gettext_noop("oct"),
    gettext_noop("nov"),
    gettext_noop("dec"),
    # Translators: a moment ago
    gettext_noop("now"),
    # Translators: %(delta)s is a time such as "2 months" or "1 month, 2 weeks"
    gettext_noop("%(delta)s ago"),
    gettext_noop("%(delta)s from now"),
    ngettext_lazy("a second ago", "%(count)s seconds ago"),
    ngettext_lazy("a minute ago", "%(count)s minutes ago"),
    ngettext_lazy("an hour ago", "%(count)s hours ago"),
    ngettext_lazy("a second from now", "%(count)s seconds from now"),
    ngettext_lazy("a minute from now", "%(count)s minutes from now"),
    ngettext_lazy("an hour from now", "%(count)s hours from now"),
    # Translators: stands in "%(delta)s ago"
    npgettext_lazy("naturaltime-past", "%(num)d year", "%(num)d years"),
    npgettext_lazy("naturaltime-past", "%(num)d month", "%(num)d months"),
    npgettext_lazy("naturaltime-past", "%(num)d week", "%(num)d weeks"),
    npgettext_lazy("naturaltime-past", "%(num)d day", "%(num)d days"),
    npgettext_lazy("naturaltime-past", "%(num)d hour", "%(num)d hours"),
    npgettext_lazy("naturaltime-past", "%(num)d minute", "%(num)d minutes"),
    # Translators: stands in "%(delta)s from now"
    npgettext_lazy("naturaltime-future", "%(num)d year", "%(num)d years"),
    npgettext_lazy("naturaltime-future", "%(num)d month", "%(num)d months"),
    npgettext_lazy("naturaltime-future", "%(num)d week", "%(num)d weeks"),
    npgettext_lazy("naturaltime-future", "%(num)d day", "%(num)d days"),
    npgettext_lazy("naturaltime-future", "%(num)d hour", "%(num)d hours"),
    npgettext_lazy("naturaltime-future", "%(num)d minute", "%(num)d minutes"),
)
