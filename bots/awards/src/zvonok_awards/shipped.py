"""The badges that every school has. Their drawings are in `badges/`, by key."""

from __future__ import annotations

from zvonok_core.text import Text, text

SHIPPED: dict[str, tuple[Text, Text]] = {
    "curious": (text("Curious Mind"), text("Asks questions and looks for answers.")),
    "bright-mind": (text("Bright Mind"), text("Finds ways that nobody has thought of.")),
    "brave-answer": (text("Brave Answer"), text("Is not afraid to try, or to be wrong.")),
    "step-forward": (text("Step Forward"), text("Manages what was too hard before.")),
    "reliable-shoulder": (text("Reliable Shoulder"), text("Never lets the others down.")),
    "true-friend": (text("True Friend"), text("Is there when somebody needs a friend.")),
    "kindness": (text("Ray of Kindness"), text("Does good without being asked.")),
    "golden-hands": (text("Golden Hands"), text("Makes things with care.")),
    "bookworm": (text("Bookworm"), text("Reads a lot, and tells the others of it.")),
    "wordsmith": (text("Wordsmith"), text("Writes and speaks well.")),
    "sharp-count": (text("Sharp Count"), text("Reckons exactly and proves it.")),
    "young-scientist": (text("Young Scientist"), text("Tries out, measures and understands.")),
    "artist": (text("Artist"), text("Sees what is beautiful, and shows it.")),
    "music": (text("Music of the Soul"), text("Sings or plays so that everybody listens.")),
    "sports-spirit": (text("Sports Spirit"), text("Gives all, and plays fair.")),
    "green-sprout": (text("Green Sprout"), text("Takes care of nature.")),
}
"""Name and description, by key; in the order in which they are offered."""
