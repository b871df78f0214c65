import datetime
from datetime import date, datetime as stamp
from typing import Optional


def dates(
    day: date,
    at: stamp,
    since: Optional[datetime.date] = None,
    until: datetime.datetime = stamp.max,
    days: list[date] = [],
    plain=date(2024, 2, 29),
    today=date.today(),
    now=stamp.now(),
):
    return day
