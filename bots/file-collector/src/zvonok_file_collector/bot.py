"""The bot, whole: importing its modules declares its commands, in the order of the help."""

# isort: off
from zvonok_file_collector import starting
from zvonok_file_collector import managing
from zvonok_file_collector import judging
from zvonok_file_collector import reminding
from zvonok_file_collector import exporting
from zvonok_file_collector import handing_in
from zvonok_file_collector import taking_back
from zvonok_file_collector.declared import bot
# isort: on

__all__ = ["bot", "exporting", "handing_in", "judging", "managing", "reminding", "starting", "taking_back"]
