"""The journal as tables that people export or keep by hand: CSV and XLSX."""

from zvonok_appservice.roster.tables.source import TablesSource

__all__ = ["TablesSource"]
