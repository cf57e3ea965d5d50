-- wrk: events as alloy sends them when something is bought, each with a request ID of its own.
--
--   wrk ... -s events.lua <URL> -- <action> <milliseconds that each connection waits before a request>
local items = {}
for number = 1, 5 do
    items[number] = ([[{"SKU":"24-MB0%d","name":"A bag for all that you need","quantity":%d,"priceTotal":19.99,]]
        .. [["productImageUrl":"https://shop.example/media/24-mb0%d.jpg","currencyCode":"USD","discountAmount":0,]]
        .. [["selectedOptions":[{"attribute":"Size","value":"XS"},{"attribute":"Color","value":"Green"}]}]])
        :format(number, number, number)
end
local body = [[{"events":[{"xdm":{"web":{"webPageDetails":{"URL":"https://shop.example/checkout/success"},]]
    .. [["webReferrer":{"URL":"https://shop.example/checkout"}},]]
    .. [["device":{"screenHeight":800,"screenWidth":1280,"screenOrientation":"landscape"},]]
    .. [["environment":{"type":"browser","browserDetails":{"viewportWidth":1280,"viewportHeight":800}},]]
    .. [["placeContext":{"localTimezoneOffset":0,"localTime":"2026-11-22T14:58:22.411+00:00"},]]
    .. [["timestamp":"2026-11-22T14:58:22.411Z","implementationDetails":{"name":"https://ns.adobe.com/experience/alloy",]]
    .. [["version":"2.33.1","environment":"browser"},"eventType":"commerce.purchases",]]
    .. [["identityMap":{"ECID":[{"id":"92245793459561919105940959013648421199","primary":true}],]]
    .. [["email":[{"id":"shopper@shop.example","primary":false}]},"personalEmail":{"address":"shopper@shop.example"},]]
    .. [["commerce":{"order":{"purchaseID":"100000123","currencyCode":"USD","payments":[{"paymentAmount":125.94,]]
    .. [["paymentType":"checkmo","transactionID":"100000123","currencyCode":"USD"}],"orderType":"checkout",]]
    .. [["discountAmount":0,"priceTotal":125.94,"taxAmount":0},"promotionID":"","shipping":{"shippingMethod":"flatrate",]]
    .. [["shippingAmount":5},"purchases":{"value":1},"commerceScope":{"storeCode":"main","storeViewCode":"default",]]
    .. [["websiteCode":"base","environmentID":"8d2f6a1e-30c5-4ef1-a94c-6f6f1d2b7c10"}},"productListItems":[]]
    .. table.concat(items, ",")
    .. [[]}}],"query":{"identity":{"fetch":["ECID"]}},"meta":{"state":{"domain":"shop.example",]]
    .. [["cookiesEnabled":true}}}]]

local headers = {
    ["Content-Type"] = "text/plain; charset=UTF-8",
    ["Host"] = "shop.example",
    ["Origin"] = "https://shop.example",
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    ["Accept-Language"] = "en-US",
    ["Referer"] = "https://shop.example/checkout/success",
    ["Cookie"] = "PHPSESSID=0123456789abcdef; kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; "
        .. "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY5MjI0NTc5MzQ1OTU2MTkxOTEwNTk0MDk1OTAxMzY0ODQyMTE5OVIA",
}
local action = "interact"
local number = 0
local start = os.time()

function init(arguments)
    action = arguments[1] or action
    local pause = tonumber(arguments[2] or 0)
    math.randomseed(start)
    if pause > 0 then
        -- Around it, so that the connections do not fall into step.
        function delay()
            return math.random(pause / 2, pause * 3 / 2)
        end
    end
end

function request()
    number = number + 1
    local id = string.format("%x-%x-%x", start, number, math.random(1e9))
    return wrk.format("POST", "/ee/v1/" .. action .. "?configId=x&requestId=" .. id, headers, body)
end
