"""Real PostgreSQL and Redis servers from wheels, under VAR_DIR, for `make run` and `make test`.

Past one machine nothing of this is used: DATABASE_URL and REDIS_URL name the servers.
"""
