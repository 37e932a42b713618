"""The kinds of bell: a command of the user's own, and whatever the library apprise reaches."""
