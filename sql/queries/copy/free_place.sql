-- Once for each copy: a second time finds no row.
update copy_places
set is_free = 1
where job_seq = :jobSeq and copy_seq = :copySeq and is_free = 0
