-- SQLite's own check of the file: one row that says ok, or one for each piece of damage.
pragma integrity_check
