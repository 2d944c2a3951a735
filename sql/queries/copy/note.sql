-- What is known of a copy stands apart from the row that each transition rewrites.
insert into copies (copy_seq, is_check)
select seq, :isCheck
from jobs
where id = :id
