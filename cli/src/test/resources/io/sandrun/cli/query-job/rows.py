import sqlite3


def rows_of(path):
    """All rows of the table of results, each as a dictionary."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in database.execute("select * from results")]
    finally:
        database.close()
