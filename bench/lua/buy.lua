-- Nothing but buys, and every answer is read: it must be the order of a key that was sent and not answered yet.
-- Options: run, seed, books, skew, lines (1).
local common = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "common.lua")
setup, done = common.setup, common.done
keys, heard, strange = {}, 0, 0 -- of this thread; keys: not answered yet
local pick, buy

function init(words)
  local options = common.options(words)
  math.randomseed(options.seed + number)
  pick = common.picker(options.books, options.skew)
  buy = common.buyer(options.run, number, keys, options.lines or 1, options.books)
end

function request()
  return buy(pick())
end

function response(status, _, body)
  if status ~= 201 then return end
  local key = body:match('"key":"([^"]+)"')
  if key and keys[key] then
    keys[key] = nil
    heard = heard + 1
  else
    strange = strange + 1
  end
end
