-- More buyers than the shop has room for: each comes again after a pause, so they come as often whether they are served or refused.
-- An answer is told from others by its X-Request-Id, which is the key of the buy.
-- Options: run, seed, books, skew, pause (milliseconds, from half of it to one and a half of it).
local common = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "common.lua")
setup = common.setup
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanos; } moment; int clock_gettime(int, moment *);")
local MONOTONIC, LONGEST = 1, 10000
local now = ffi.new("moment")
keys, heard, strange, counts = {}, 0, 0, {} -- of this thread; counts: by outcome and milliseconds
local asked, pick, buy, pause = {}, nil, nil, nil

local function millis()
  ffi.C.clock_gettime(MONOTONIC, now)
  return tonumber(now.seconds) * 1e3 + tonumber(now.nanos) / 1e6
end

function init(words)
  local options = common.options(words)
  math.randomseed(options.seed + number)
  pick = common.picker(options.books, options.skew)
  buy = common.buyer(options.run, number, keys, 1, options.books)
  pause = options.pause
end

function delay()
  return math.floor(pause * (0.5 + math.random()))
end

function request()
  local text, key = buy(pick())
  asked[key] = millis()
  return (text:gsub("\r\n", "\r\nX-Request-Id: " .. key .. "\r\n", 1))
end

local function outcome(status, body)
  if status == 201 then return "sold" end
  if status == 503 and body:find("/problems/overloaded", 1, true) then return "overloaded" end
  return tostring(status)
end

function response(status, headers, body)
  local key = headers["X-Request-Id"] or headers["x-request-id"] or ""
  if not asked[key] then
    strange = strange + 1
    return
  end
  local what = outcome(status, body)
  if what == "overloaded" and not headers["Retry-After"] and not headers["retry-after"] then what = "without Retry-After" end
  local took = math.min(LONGEST, math.floor(millis() - asked[key]))
  counts[what .. " " .. took] = (counts[what .. " " .. took] or 0) + 1
  asked[key] = nil
  if what == "sold" then heard = heard + 1 end
  -- Nothing happened to what is refused so: it is not sent again, and the audit must not find it.
  if what == "sold" or what == "overloaded" then keys[key] = nil end
end

function done(summary, latency)
  common.done(summary, latency)
  local all = {}
  for _, thread in ipairs(common.threads) do
    for name, count in pairs(thread:get("counts")) do all[name] = (all[name] or 0) + count end
  end
  local told = {}
  for name, count in pairs(all) do told[#told + 1] = '"' .. name .. '":' .. count end
  io.write('{"counts":{' .. table.concat(told, ",") .. "}}\n")
end
