"""When it runs, in what order, what is retried."""
