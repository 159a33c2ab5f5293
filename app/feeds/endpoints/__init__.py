"""``/v1/calendars``, ``/v1/meetings/{meeting}/calendar.ics``, ``/v1/calendar-addresses``"""

from app.feeds.endpoints.addresses import router as addresses
from app.feeds.endpoints.calendars import router as calendars

ROUTERS = (calendars, addresses)
