import sqlite3

with sqlite3.connect("query_results.db") as results:
    results.execute("create table results (id integer primary key, name text, score real, note text)")
    results.executemany(
        "insert into results (name, score, note) values (?, ?, ?)",
        [("Åsa", 4.25, None), ("Bo \"B\" Berg", -1.0, "two\nlines"), ("", 1e-05, "<b>")],
    )
