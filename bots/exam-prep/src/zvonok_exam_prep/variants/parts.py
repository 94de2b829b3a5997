"""All parts of the variants: importing them declares their commands, in the order of the help."""

# isort: off
from zvonok_exam_prep.variants import giving
from zvonok_exam_prep.variants import managing
from zvonok_exam_prep.variants import beginning
from zvonok_exam_prep.variants import answering
from zvonok_exam_prep.variants import timing
from zvonok_exam_prep.variants import watching
from zvonok_exam_prep.variants import closing
from zvonok_exam_prep.variants import marking
from zvonok_exam_prep.variants import warming_up
# isort: on

__all__ = [
    "answering",
    "beginning",
    "closing",
    "giving",
    "managing",
    "marking",
    "timing",
    "warming_up",
    "watching",
]
