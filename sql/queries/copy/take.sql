-- A copy was handed out, perhaps once more.
update copies
set worker = :worker
where copy_seq = :copySeq
