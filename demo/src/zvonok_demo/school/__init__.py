"""A generated school, and its journal in every format that the appservice reads."""

from zvonok_demo.school.generate import GeneratedSchool, generate, scaled, small_school
from zvonok_demo.school.year import next_year

__all__ = ["GeneratedSchool", "generate", "next_year", "scaled", "small_school"]
