"""What anyone may ask for, without a log-in: each request carries a token or a signature of its own.

Under a host name that others reach, `web.guard` lets nothing else through.
"""
