-- With synchronous=FULL what was changed is on disk when this returns.
commit
