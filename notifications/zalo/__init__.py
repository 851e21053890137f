"""Zalo's official ways to reach people, each an Apprise plugin on its own schema."""
