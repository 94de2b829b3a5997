"""The closed federation of schools: the signed registry, and the appservice's trust in it."""
