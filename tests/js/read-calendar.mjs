// A calendar on standard input, as ical.js reads it: one JSON object for each event. Its own zones count, no others.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const utc = (time) => time.convertToZone(ICAL.Timezone.utcTimezone).toString();
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    category: component.getFirstPropertyValue("categories"),
    summary: event.summary,
    location: event.location,
    description: event.description,
    local_start: event.startDate.zone === ICAL.Timezone.utcTimezone ? null : event.startDate.toString(),
    starts_at: utc(event.startDate),
    ends_at: utc(event.endDate),
  };
});
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("name"), events }));
