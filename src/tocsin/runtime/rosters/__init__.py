"""Rosters that come from outside, as tables and calendars: read apart, and fetched again and again."""
