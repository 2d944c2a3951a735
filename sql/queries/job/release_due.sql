-- A job whose time has come gets in line as if it were submitted now: its turn is found as in job/insert.sql. One that
-- it had before would put a whole day's delayed jobs of one client ahead of everybody else's.
update jobs
set due_at_ms = null,
    turn = 1 + max(
        coalesce(
            (
                select min(alike.turn)
                from jobs as alike
                where alike.state = 'pending'
                    and alike.due_at_ms is null
                    and alike.replicas is null
                    and alike.copy_of is null
                    and alike.class_id = jobs.class_id
                    and alike.priority = jobs.priority
            ) - 1,
            :turnNow,
            (
                select min(waiting.turn)
                from jobs as waiting
                where waiting.state = 'pending'
                    and waiting.due_at_ms is null
                    and waiting.replicas is null
                    and waiting.priority = jobs.priority
            ) - 1,
            0
        ),
        coalesce(
            (
                select max(own.turn)
                from jobs as own
                where own.state = 'pending'
                    and own.due_at_ms is null
                    and own.replicas is null
                    and own.client = jobs.client
                    and own.priority = jobs.priority
            ),
            0
        )
    )
where seq = :seq and due_at_ms is not null
returning id, class_id, client
