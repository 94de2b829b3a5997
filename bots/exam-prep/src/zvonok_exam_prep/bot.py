"""The bot, whole: importing its modules declares its commands, in the order of the help."""

# isort: off
from zvonok_exam_prep.training import answering
from zvonok_exam_prep.training import starting
from zvonok_exam_prep.training import reporting
from zvonok_exam_prep.training import reminding
from zvonok_exam_prep.collection import listing
from zvonok_exam_prep.collection import loading
from zvonok_exam_prep.collection import exporting
from zvonok_exam_prep.variants import parts as variants
from zvonok_exam_prep.worked import posting
from zvonok_exam_prep.declared import bot
# isort: on

__all__ = [
    "answering",
    "bot",
    "exporting",
    "listing",
    "loading",
    "posting",
    "reminding",
    "reporting",
    "starting",
    "variants",
]
