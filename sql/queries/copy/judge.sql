-- Each copy is judged once: a second time finds no row, and moves no reputation.
update copies
set verdict = :verdict
where copy_seq = :copySeq and verdict is null
