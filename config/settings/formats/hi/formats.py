"""Dates, times and numbers of pages in Hindi: the order of English, months in Hindi, digits 0-9."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i T"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i T"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
#: Lakhs and crores, as `config.grouping` groups them.
NUMBER_GROUPING = (3, 2, 0)
