-- Who has the next slot of one network: GCRA by Redis's own clock, the urgent first.
-- KEYS 1 next free slot (ms)  2 silent until (ms)  3 asked half as often  4 day and questions
--      5 unattended calls in flight  6 … who waits in lane 0, 1 … up to the asker's own
-- ARGV 1 interval ms  2 budget (-1: none)  3 at once (0: any number)  4 call ms  5 asker  6 longest wait ms
-- Returns {ms to wait, why, now}; 0 is a granted slot.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local interval, budget, at_once = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', KEYS[3]) == 1 then interval = interval * 2 end

local free = tonumber(redis.call('GET', KEYS[1]) or 0)
local silent = tonumber(redis.call('GET', KEYS[2]) or 0)
local wait, why = math.max(free - now, 0), 'rate'
if silent - now > wait then wait, why = silent - now, 'paused' end

-- Days are Japan's (UTC+9).
local day = math.floor((clock[1] + 32400) / 86400)
local asked = 0
if tonumber(redis.call('HGET', KEYS[4], 'day') or -1) == day then
  asked = tonumber(redis.call('HGET', KEYS[4], 'asked') or 0)
end
if budget >= 0 and asked >= budget then
  return {((day + 1) * 86400 - 32400) * 1000 - now, 'budget', now}
end

-- Whoever did not come back in time is forgotten and holds nobody up.
local own, before = #KEYS, 0
for lane = 6, own do
  redis.call('ZREMRANGEBYSCORE', KEYS[lane], '-inf', now)
  if lane < own then before = before + redis.call('ZCARD', KEYS[lane]) end
end
if before > 0 and wait == 0 then wait, why = interval, 'lane' end

redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now)
if at_once > 0 and wait == 0 and redis.call('ZCARD', KEYS[5]) >= at_once then
  wait, why = math.max(interval, 500), 'busy'
end

if wait == 0 then
  redis.call('ZREM', KEYS[own], ARGV[5])
  redis.call('SET', KEYS[1], now + interval, 'PX', interval + 1000)
  redis.call('HSET', KEYS[4], 'day', day, 'asked', asked + 1)
  redis.call('PEXPIRE', KEYS[4], 172800000)
  if at_once > 0 then
    redis.call('ZADD', KEYS[5], now + ARGV[4], ARGV[5])
    redis.call('PEXPIRE', KEYS[5], ARGV[4])
  end
  return {0, '', now}
end

-- A newcomer is told to come after all who wait before it; who comes back waits for one slot only.
if not redis.call('ZSCORE', KEYS[own], ARGV[5]) then
  wait = wait + (before + redis.call('ZCARD', KEYS[own])) * interval
end
wait = math.min(wait, math.max(tonumber(ARGV[6]), silent - now))
-- Its place is kept until a little after its time.
local grace = interval + 1000
redis.call('ZADD', KEYS[own], now + wait + grace, ARGV[5])
redis.call('PEXPIRE', KEYS[own], math.max(wait + grace, redis.call('PTTL', KEYS[own])))
return {wait, why, now}
