-- Keeps a record that cannot be read apart.
-- KEYS: due, records, corrupt. ARGV: key.
redis.call('HSET', KEYS[3], ARGV[1], redis.call('HGET', KEYS[2], ARGV[1]) or '')
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
