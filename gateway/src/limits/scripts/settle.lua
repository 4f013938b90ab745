-- Renames, keeps or removes the slots of a member.
-- KEYS: the slot sets. ARGV: member; for each set the slot's new name and how long it is kept in milliseconds:
-- 0 removes it, -1 keeps it for ever.
for i, key in ipairs(KEYS) do
  local name, kept = ARGV[2 * i], tonumber(ARGV[2 * i + 1])
  redis.call('ZREM', key, ARGV[1])
  if kept ~= 0 then
    redis.call('ZADD', key, kept < 0 and '+inf' or now + kept, name)
  end
  expire(key)
end
