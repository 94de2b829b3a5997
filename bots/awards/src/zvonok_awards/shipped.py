"""The badges that every school has. Their drawings are in `badges/`, by key."""

from __future__ import annotations

from zvonok_core.text import Text, text

SHIPPED: dict[str, tuple[Text, Text]] = {
    "curious": (text("Curious Mind"), text("Asks questions and looks for answers.")),
    "bright-mind": (text("Bright Mind"), text("Has found a way that nobody had thought of.")),
    "brave-answer": (text("Brave Answer"), text("Was not afraid to try, or to be wrong.")),
    "step-forward": (text("Step Forward"), text("Has got better at something that was hard.")),
    "reliable-shoulder": (text("Reliable Shoulder"), text("The others can count on them.")),
    "true-friend": (text("True Friend"), text("Was there for somebody in a hard moment.")),
    "kind-heart": (text("Sunny Heart"), text("Does good without being asked.")),
    "golden-hands": (text("Golden Hands"), text("Has made something with care.")),
    "bookworm": (text("Bookworm"), text("Reads a lot, and tells the others of it.")),
    "wordsmith": (text("Wordsmith"), text("Writes and speaks well.")),
    "sharp-count": (text("Sharp Count"), text("Reckons exactly and proves it.")),
    "young-scientist": (text("Young Scientist"), text("Has tried out, measured and understood.")),
    "artist": (text("Artist"), text("Sees what is beautiful, and shows it.")),
    "music": (text("Music of the Soul"), text("Sings or plays so that everybody listens.")),
    "sports-spirit": (text("Sports Spirit"), text("Gives all, and plays fair.")),
    "green-sprout": (text("Green Sprout"), text("Takes care of nature.")),
}
"""Name and description, by key; in the order in which they are offered."""
