"""The native part of `datetime`: here in Python too."""

from _pydatetime import UTC, MAXYEAR, MINYEAR, date, datetime, time, timedelta, timezone, tzinfo

__all__ = ("date", "datetime", "time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC")
