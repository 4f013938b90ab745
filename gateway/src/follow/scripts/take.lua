-- Returns records that are due, and hides them for the time of a lease.
-- KEYS: due, records. ARGV: most records, lease in milliseconds. Returns { { key, record, due }, … }.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = now + ARGV[2]
local taken = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  redis.call('ZADD', KEYS[1], due, key)
  taken[#taken + 1] = { key, redis.call('HGET', KEYS[2], key) or '', due }
end
return taken
