-- Whether a claim has to look at copies at all: where nobody wants jobs verified, this is all that it costs. Likewise
-- whether there are more than a number.
select exists (
    select 1
    from jobs indexed by copies_to_claim
    where state = 'pending' and due_at_ms is null and copy_of is not null
    limit 1 offset :skip
)
