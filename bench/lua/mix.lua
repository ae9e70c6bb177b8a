-- The mixes of TPC-W (its table of web interactions), as far as this shop has them:
--   search  new products, best sellers, search results
--   lookup  home, product detail, shopping cart, buy request
--   buy     buy confirm
--   order   order inquiry, order display
-- Left out: registration, the empty search form, administration. Answers are not read by Lua: that would cost more than to look a book up.
-- Options: run, seed, books, skew, mix, topics, orders (how many there are already).
local common = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "common.lua")
setup, done = common.setup, common.done
keys = {} -- of all buys
local SHARES = {
  shopping = { search = 27.00, lookup = 47.20, buy = 1.20, order = 1.41 },
  ordering = { search = 14.00, lookup = 47.73, buy = 10.18, order = 0.47 },
}
local kinds, options, pick, buy = {}, nil, nil, nil
local formatted = {}

local function get(path)
  local known = formatted[path]
  if not known then
    known = wrk.format("GET", path)
    formatted[path] = known
  end
  return known
end

local make = {
  search = function() return get("/books?topic=topic-" .. math.random(0, options.topics - 1)) end,
  lookup = function() return get("/books/" .. pick()) end,
  buy = function() return buy(pick()) end,
  order = function() return wrk.format("GET", "/orders/" .. math.random(options.orders)) end,
}

function init(words)
  options = common.options(words)
  math.randomseed(options.seed + number)
  pick = common.picker(options.books, options.skew)
  buy = common.buyer(options.run, number, keys, 1, options.books)
  local upTo = 0
  for _, kind in ipairs({ "lookup", "search", "buy", "order" }) do
    upTo = upTo + SHARES[options.mix][kind]
    kinds[#kinds + 1] = { upTo = upTo, make = make[kind] }
  end
end

function request()
  local drawn = math.random() * kinds[#kinds].upTo
  for _, kind in ipairs(kinds) do
    if drawn <= kind.upTo then return kind.make() end
  end
end
