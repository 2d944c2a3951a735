-- The digest of a copy's answer is made once.
update copies
set digest = :digest
where copy_seq = :copySeq
