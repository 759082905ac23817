"""Dates, times and numbers of pages in Assamese, which puts a comma before the year; digits 0-9."""

DATE_FORMAT = "j M, Y"
DATETIME_FORMAT = "j M, Y, H:i T"
SHORT_DATE_FORMAT = "j M, Y"
SHORT_DATETIME_FORMAT = "j M, Y, H:i T"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
#: Lakhs and crores, as `config.grouping` groups them.
NUMBER_GROUPING = (3, 2, 0)
