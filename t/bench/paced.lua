-- wrk: one request after another, with a pause around so many milliseconds before each.
function init(arguments)
    local pause = tonumber(arguments[1])
    function delay()
        return math.random(pause / 2, pause * 3 / 2)
    end
end
