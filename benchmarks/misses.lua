-- Each request names another day, from the one that is given (days since 1970), so that no answer to it is kept.
local day, path

function init(words)
   day, path = tonumber(words[1]), wrk.path
end

function request()
   day = day + 1
   return wrk.format("GET", path .. os.date("!&open_on=%Y-%m-%d", day * 86400))
end
