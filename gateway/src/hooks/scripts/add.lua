-- Stores an event that is due now; a repetition changes nothing.
-- KEYS: due, events. ARGV: id, event.
local time = redis.call('TIME')
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 1 then
  redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
end
