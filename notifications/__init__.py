"""E-mail (and later Zalo), through Apprise."""
