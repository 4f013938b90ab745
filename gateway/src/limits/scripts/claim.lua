-- Decides about slots and rates; takes all of them, or none.
-- KEYS: the slot sets, the rates; with a waiter also the queue and the deadlines of its places.
-- ARGV: member, number of sets, number of rates, waiter, window of the first set, most places, longest wait reported,
--       grace; the maximum and lease of each set; the maximum, period and amount of each rate. Times in milliseconds.
-- Returns { 0 = granted, 1 = a set is full, 2 = a rate is exhausted; its index from 0; wait, or -1 }.
local member, sets, rates, waiter = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local window, most_places, longest, grace = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local queue, places = KEYS[sets + rates + 1], KEYS[sets + rates + 2]

local arrivals = {}
for i = 1, rates do
  local at = 8 + 2 * sets + 3 * (i - 1)
  local max, period, n = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if n > max or max == 0 then return { 2, i - 1, -1 } end
  -- A clock that was set back must not deny for longer than a period.
  local arrival = math.min(tonumber(redis.call('GET', KEYS[sets + i]) or now), now + period)
  arrivals[i] = math.max(arrival, now) + n * period / max
  local wait = arrivals[i] - period - now
  if wait > 0 then return { 2, i - 1, math.ceil(wait) } end
end

-- The wait of the waiter at this position from 0, if `held` is the sorted list of slots.
local function turn(position, held, max)
  local free_at = {}
  for i = 2, #held, 2 do
    free_at[#free_at + 1] = math.min(tonumber(held[i]), now + window)
  end
  while #free_at < max do
    free_at[#free_at + 1] = now + window
  end
  return free_at[position % #free_at + 1] + math.floor(position / #free_at) * window - now
end

for i = sets, 1, -1 do
  local max = tonumber(ARGV[7 + 2 * i])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
  local free = max - redis.call('ZCARD', KEYS[i])
  if i == 1 and waiter ~= '' then
    for _, gone in ipairs(redis.call('ZRANGEBYSCORE', places, '-inf', now)) do
      redis.call('ZREM', queue, gone)
      redis.call('ZREM', places, gone)
    end
    local rank = redis.call('ZRANK', queue, waiter)
    local ahead = rank or redis.call('ZCARD', queue)
    if ahead >= free then
      local wait = math.min(turn(ahead - free, redis.call('ZRANGE', KEYS[i], 0, -1, 'WITHSCORES'), max), longest)
      if not rank and ahead >= most_places then return { 1, 0, math.ceil(longest) } end
      if not rank then
        local last = redis.call('ZRANGE', queue, -1, -1, 'WITHSCORES')[2]
        redis.call('ZADD', queue, (last or 0) + 1, waiter)
      end
      redis.call('ZADD', places, now + wait + grace, waiter)
      redis.call('PEXPIRE', queue, longest + grace)
      redis.call('PEXPIRE', places, longest + grace)
      return { 1, 0, math.ceil(wait) }
    end
    redis.call('ZREM', queue, waiter)
    redis.call('ZREM', places, waiter)
  elseif free <= 0 then
    return { 1, i - 1, -1 }
  end
end

for i = 1, sets do
  redis.call('ZADD', KEYS[i], now + tonumber(ARGV[8 + 2 * i]), member)
  expire(KEYS[i])
end
for i = 1, rates do
  redis.call('SET', KEYS[sets + i], string.format('%.17g', arrivals[i]), 'PX', math.ceil(arrivals[i] - now) + 1)
end
return { 0, 0, -1 }
