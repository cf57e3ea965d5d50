-- wrk: events as alloy sends them, each with a request ID of its own.
local body = [[{"events":[{"xdm":{"eventType":"commerce.productListAdds","timestamp":"2026-11-22T14:56:06.334Z",]]
    .. [["web":{"webPageDetails":{"URL":"https://shop.example/product.html"},"webReferrer":{"URL":""}},]]
    .. [["device":{"screenHeight":800,"screenWidth":1280,"screenOrientation":"landscape"},]]
    .. [["environment":{"type":"browser","browserDetails":{"viewportWidth":1280,"viewportHeight":800}},]]
    .. [["implementationDetails":{"name":"https://ns.adobe.com/experience/alloy","version":"2.33.1"},]]
    .. [["identityMap":{"ECID":[{"id":"92245793459561919105940959013648421199","primary":true}]},]]
    .. [["commerce":{"cart":{"cartID":"cart-1"},"productListAdds":{"value":1}},"productListItems":[]]
    .. string.rep([[{"SKU":"WJ06-XS-Green","name":"A jacket","quantity":1,"priceTotal":19.99,"currencyCode":"USD",]]
        .. [["productImageUrl":"https://shop.example/images/wj06-xs-green.jpg","selectedOptions":[]},]], 8)
    .. [[{"SKU":"last","quantity":1}]}}],"query":{"identity":{"fetch":["ECID"]}},]]
    .. [["meta":{"queueTimeMillis":2,"state":{"domain":"shop.example","cookiesEnabled":true}}}]]

local headers = {
    ["Content-Type"] = "text/plain; charset=UTF-8",
    ["Host"] = "shop.example",
    ["Origin"] = "https://shop.example",
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    ["Cookie"] = "PHPSESSID=0123456789abcdef; kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; "
        .. "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY5MjI0NTc5MzQ1OTU2MTkxOTEwNTk0MDk1OTAxMzY0ODQyMTE5OVIA",
}
local number = 0
local start = os.time()

function request()
    number = number + 1
    return wrk.format("POST", string.format("/ee/v1/interact?configId=x&requestId=%x-%x-%x", start, number, math.random(1e9)),
        headers, body)
end
