"""A dataset in a browser: Datasette on the SQLite export, with pages that a historian can read."""
