"""The tables as migration 0001 makes them, in the order of their references; frozen like every migration."""
