-- Deletes an event, keeps it apart, or makes it due again later.
-- KEYS: due, events, dead, corrupt. ARGV: id; 'done', 'dead', 'corrupt' or a wait in milliseconds.
local id, what = ARGV[1], ARGV[2]
local apart = ({ dead = KEYS[3], corrupt = KEYS[4] })[what]
local wait = tonumber(what)
if wait then
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000) + wait, id)
  return
end
local event = redis.call('HGET', KEYS[2], id)
if apart and event then
  redis.call('HSET', apart, id, event)
end
redis.call('HDEL', KEYS[2], id)
redis.call('ZREM', KEYS[1], id)
