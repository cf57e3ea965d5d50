vcl 4.1;

# Varnish in front of the nginx of cache_in_front.conf: what belongs to ngx_aep. Whatever else the shop needs stays.

backend nginx {
    .host = "127.0.0.1";
    .port = "8080";
}

sub vcl_recv {
    # Events: with their cookies, and never from the cache.
    if (req.url ~ "^/ee/") {
        return (pass);
    }
    # The SDK file is the same for everybody.
    if (req.url ~ "^/aep/") {
        unset req.http.Cookie;
        return (hash);
    }
}
