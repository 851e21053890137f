"""Settings, the holiday calendar and the data that ships with the program."""
