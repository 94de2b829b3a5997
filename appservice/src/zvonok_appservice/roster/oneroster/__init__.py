"""The journal as OneRoster CSV, 1.1 and 1.2, bulk and delta.

After https://www.imsglobal.org/spec/oneroster/v1p2/bind/csv. What OneRoster can't say
comes in columns of our own, see docs/journal-oneroster.md.
"""

from zvonok_appservice.roster.oneroster.source import OneRosterSource

__all__ = ["OneRosterSource"]
