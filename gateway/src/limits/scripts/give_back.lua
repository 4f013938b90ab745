
-- Gives back what rates have counted. KEYS: the rates. ARGV: the maximum, period and amount of each.
for i, key in ipairs(KEYS) do
  local at = 3 * (i - 1)
  local max, period, n = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local arrival = tonumber(redis.call('GET', key) or now) - n * period / max
  if arrival > now then
    redis.call('SET', key, string.format('%.17g', arrival), 'PX', math.ceil(arrival - now) + 1)
  else
    redis.call('DEL', key)
  end
end
