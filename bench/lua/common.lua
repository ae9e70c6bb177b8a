-- What the scripts for wrk share: options, who picks which book, and the one line of JSON that bench/run reads.
local threads = {}
local common = { threads = threads }

-- Called by wrk for each of its threads, before their init.
function common.setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

-- The words name=value after wrk's "--", numbers as numbers.
function common.options(words)
  local options = {}
  for _, word in ipairs(words) do
    local name, value = word:match("^(%w+)=(.*)$")
    if name then options[name] = tonumber(value) or value end
  end
  return options
end

-- A function that picks one of the books 1 to n: with skew 0 each as often, with skew 1 the i-th an i-th as often as the first (zipf).
function common.picker(n, skew)
  if skew == 0 then return function() return math.random(n) end end
  local upTo, sum = {}, 0
  for i = 1, n do
    sum = sum + 1 / i ^ skew
    upTo[i] = sum
  end
  return function()
    local drawn, low, high = math.random() * sum, 1, n
    while low < high do
      local middle = math.floor((low + high) / 2)
      if upTo[middle] < drawn then low = middle + 1 else high = middle end
    end
    return low
  end
end

-- A function that makes a buy of one unit of a book and of each of the next ones, so many lines in all, each buy
-- under a key of its own, and notes the key in `keys`. It gives the request and its key.
function common.buyer(run, number, keys, lines, books)
  local sequence, tail = 0, lines > 1 and "-" .. lines .. "-" .. books or ""
  local head = "POST /orders HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nContent-Type: application/json\r\nContent-Length: "
  return function(book)
    sequence = sequence + 1
    local key = run .. "-" .. number .. "-" .. sequence .. "-" .. book .. tail -- all that it takes to send it again
    keys[key] = key
    local items = {}
    for i = 0, lines - 1 do items[#items + 1] = '{"book":' .. (book - 1 + i) % books + 1 .. ',"quantity":1}' end
    local body = '{"items":[' .. table.concat(items, ",") .. "]}"
    return head .. #body .. "\r\nIdempotency-Key: " .. key .. "\r\n\r\n" .. body, key
  end
end

local function sum(name)
  local total = 0
  for _, thread in ipairs(threads) do total = total + (thread:get(name) or 0) end
  return total
end

local function keys()
  local quoted = {}
  for _, thread in ipairs(threads) do
    for key in pairs(thread:get("keys") or {}) do quoted[#quoted + 1] = '"' .. key .. '"' end
  end
  return table.concat(quoted, ",")
end

-- Times in milliseconds. `keys`: of the buys whose answer nobody heard (buy.lua), or of all (mix.lua).
function common.done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"refused":%d,"broken":%d,"heard":%d,"strange":%d,"keys":[%s]}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout, sum("heard"), sum("strange"), keys()))
end

return common
