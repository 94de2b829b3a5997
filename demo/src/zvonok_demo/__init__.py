"""A generated school on a real homeserver, to try Zvonok with and to test it on."""
