-- One and the same GET, that of the URL: nothing of Lua runs for a request.
local common = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "common.lua")
done = common.done
