-- Takes the write lock at once: one that was only taken with the first change could be refused half way.
begin immediate
