SELECT address, reason, attempts, last_seen, diagnostic FROM suppressions ORDER BY seq LIMIT 20;
