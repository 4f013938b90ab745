-- Returns events that are due, and hides them for the time of a lease.
-- KEYS: due, events. ARGV: most events, lease in milliseconds. Returns { { id, event }, … }.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local leased = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  redis.call('ZADD', KEYS[1], now + ARGV[2], id)
  leased[#leased + 1] = { id, redis.call('HGET', KEYS[2], id) or '' }
end
return leased
