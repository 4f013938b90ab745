local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

-- Lets a set of slots expire with its last slot, whose score is the time when it is free again.
local function expire(key)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]
  if last == 'inf' then
    redis.call('PERSIST', key)
  elseif last then
    redis.call('PEXPIREAT', key, math.ceil(tonumber(last)))
  end
end

