-- Extends a lease, and returns when it ends; nil if another instance has taken the record, or it is gone.
-- KEYS: due, records. ARGV: key, end of the lease so far, lease in milliseconds.
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '') ~= tonumber(ARGV[2]) then
  return nil
end
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
redis.call('ZADD', KEYS[1], due, ARGV[1])
return due
