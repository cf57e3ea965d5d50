use strict;
use warnings;

# Browsers keep copies of pages, and ask whether they are still good. A copy with the tag is, as long as neither the
# page nor the tag has changed; a copy from before the module was there, or before its settings changed, is not.

use AepClient;
use AepOrigin;
use AepServer;
use AepTag;
use Test::More;

my $page     = '<!doctype html><head><meta charset="utf-8"><title>Shop</title></head>';
my $fragment = '<div>3 items</div>';
my $accept   = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

# A shop that knows what its pages' validators are, and tells what it was asked.
my $shop_port = AepServer::free_port();
my $cdn_port  = AepServer::free_port();
my $none_port = AepServer::free_port();
my $shop      = <<"SHOP";
    map \$http_if_none_match \$is_known { default 0; '~*(?:^|, )(?:W/)?"v1"' 1; '*' 1; }
    server {
        listen  127.0.0.1:$shop_port;
        location / {
            add_header ETag '"v1"';
            add_header X-Asked "none=\$http_if_none_match since=\$http_if_modified_since";
            if (\$is_known) { return 304; }
            return 200 '$page';
        }
        default_type text/html;
        location /weak  { add_header ETag 'W/"v1"'; return 200 '$page'; }
        location /old {
            add_header  ETag '"v1"';
            add_header  X-Accel-Expires \@1;
            if (\$http_x_shop = down) { return 503; }
            if (\$is_known) { return 304; }
            return 200 '$page';
        }
        location /calendar {
            add_header  ETag '"v1"';
            if (\$http_if_modified_since = 'Sun, 02 Jan 2000 12:04:05 GMT') { return 304; }
            add_header  Last-Modified 'Sun, 02 Jan 2000 12:04:05 GMT';
            return 200  '$page';
        }
        location /dated { add_header Last-Modified 'Sun, 02 Jan 2000 12:04:05 GMT'; return 200 '$page'; }
    }
SHOP

# A cache in front of the server, which asks anew for a page each time.
my $cdn = <<"CDN";
    proxy_cache_path  cdn keys_zone=cdn:1m;
    server {
        listen      127.0.0.1:$cdn_port;
        add_header  X-Cache \$upstream_cache_status;
        location / {
            proxy_pass              http://127.0.0.1:AEP_PORT/edge/;
            proxy_cache             cdn;
            proxy_cache_revalidate  on;
        }
    }
CDN

# A website that has a datastream for some of its hosts only.
my $none = <<"NONE";
    map \$host \$datastream { default ''; north.example ebebf826-a01f-4458-8cec-ef61de241c93; }
    server {
        listen             127.0.0.1:$none_port;
        aep_datastream_id  \$datastream;
        location / { alias html/; }
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/  { aep_gateway; }
    }
NONE

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => <<"HTTP", server => <<"SERVER");
    proxy_cache_path  cache keys_zone=pages:1m;
    proxy_cache_path  updates keys_zone=updates:1m;
$shop$cdn$none
HTTP
    location /shop/ { proxy_pass http://127.0.0.1:$shop_port/; }
    location /off/  { alias html/; aep_inject off; }
    location /edge/ { alias html/; add_header X-Accel-Expires \@1; }

    proxy_cache_valid       1m;
    proxy_cache_revalidate  on;
    proxy_cache_use_stale   http_503 updating;
    add_header              X-Cache \$upstream_cache_status;
    location /cached/  { proxy_pass http://127.0.0.1:$shop_port/; proxy_cache pages; }
    location /updated/ {
        proxy_pass                     http://127.0.0.1:$shop_port/;
        proxy_cache                    updates;
        proxy_cache_background_update  on;
    }
SERVER
mkdir $server->directory . '/html';
for ([home => $page], [list => $fragment]) {
    open my $out, '>', $server->directory . "/html/$_->[0].html" or die "html: $!";
    print $out $_->[1];
}
my $client = $server->client;

sub get {
    my ($path, %header) = @_;
    my $answer = $client->get($path, Accept => $accept, %header);
    $answer->{etag} = join ' ', @{ $answer->{headers}{etag} // [] };
    return $answer;
}

sub is_whole {
    my ($answer, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($answer->{status}, 200, $name);
    return is(scalar AepTag::data($answer->{body}), 1, "$name - with the tag");
}

# ---- pages, from disk and from a shop ----

for my $path (qw(/home.html /shop/page)) {
    my $first = get($path);
    is_whole($first, "$path for the first time");
    my $etag = $first->{etag};
    like($etag, qr{^W/"[^"]+-aep\.[0-9a-f]{8}"$}, "$path has an entity tag of its own");
    my $original = $etag =~ s{^W/|-aep\.\w+}{}gr;

    my $again = get($path, 'If-None-Match' => $etag);
    is($again->{status}, 304,   "$path: a copy is good");
    is($again->{etag},   $etag, "$path: and is called the same");
    is(get($path, 'If-None-Match' => qq{"other", $etag})->{status}, 304, "$path: one of several copies is good");
    is(get($path, 'If-None-Match' => $etag, Accept => '*/*')->{status}, 304, "$path: for a script's request, too");

    is_whole(get($path, 'If-None-Match' => $original), "$path: a copy from before the module");
    is_whole(get($path, 'If-None-Match' => qq{"a", W/$original}), "$path: one of several copies from before");
    is_whole(get($path, 'If-None-Match' => $etag =~ s/-aep\.\w+/-aep.00000000/r), "$path: a copy with another tag");
    is_whole(get($path, 'If-None-Match' => $etag =~ s{^W/"[^-]+}{W/"0}r), "$path: a copy of another page");
    is_whole(get($path, 'If-None-Match' => 'nonsense'), "$path: nonsense");
    is(get($path, 'If-None-Match' => '*')->{status}, 304, "$path: whatever there is") if $path =~ /shop/;
}

like(join(' ', @{ get('/shop/page', 'If-None-Match' => '"a", W/"v1-aep.00000000"')->{headers}{'x-asked'} }),
    qr/^none=(?!.*v1)/, 'the shop is not asked for copies that are not good');

# ---- what nginx has in its cache is the page as the shop made it ----

sub is_from_cache {
    my ($answer, $status, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return like($answer->{headers}{'x-cache'}[0], qr/^(?:$status)$/, "$name: $status");
}

for my $location (qw(cached updated)) {
    my ($path, $old) = ("/$location/page", "/$location/old");
    my $first = get($path, 'If-None-Match' => '"v1"');
    is_whole($first, "$path for the first time, and a copy from before");
    my $etag = $first->{etag};
    for my $copy ('"v1"', 'W/"v1-aep.00000000"', undef) {
        my $answer = get($path, 'If-None-Match' => $copy);
        is_whole($answer, "$path: " . ($copy // 'no copy'));
        is_from_cache($answer, 'HIT', $path);
    }
    my $again = get($path, 'If-None-Match' => $etag);
    is("$again->{status} $again->{etag}", "304 $etag", "$path: a good copy");

    is_whole(get($old), "$old for the first time");
    my $status = $location eq 'updated' ? 'STALE|UPDATING' : 'REVALIDATED';
    for (1 .. 3) {
        my $answer = get($old);
        is_whole($answer, $old);
        is_from_cache($answer, $status, $old);
    }
    is(get($old, 'If-None-Match' => $etag)->{status}, 304, "$old: a good copy");
    my $stale = get($old, 'X-Shop' => 'down');
    is_whole($stale, "$old, and the shop is down");
    is_from_cache($stale, 'STALE|UPDATING', $old);
}

# ---- a cache in front, of a CDN ----

my $browser = AepClient->new($cdn_port);
for (['MISS', ''], ['REVALIDATED', ''], ['REVALIDATED', '*/*']) {
    my ($status, $type) = @$_;
    my $answer = $browser->get('/home.html', Accept => $type || $accept);
    is_whole($answer, 'a page of the CDN');
    is_from_cache($answer, $status, 'a page of the CDN');
}

# ---- dates ----

my $date = get('/home.html')->{headers}{'last-modified'}[0];
is_whole(get('/home.html', 'If-Modified-Since' => $date), 'a copy that is known by its date only is from before');
my $dated = get('/shop/dated');
is_whole($dated, 'a page with a date and no entity tag');
is($dated->{headers}{'last-modified'}, undef, 'it loses its date, which would be the same for another tag');

# A shop that makes entity tags, and reads only dates.
my @date     = ('If-Modified-Since' => 'Sun, 02 Jan 2000 12:04:05 GMT');
my $calendar = get('/shop/calendar')->{etag};
is(get('/shop/calendar', @date, 'If-None-Match' => $calendar)->{status}, 304,
    'a copy with the tag is good by its date');
is_whole(get('/shop/calendar', @date, 'If-None-Match' => $_), "$_ is not good by its date")
    for '"v1"', 'W/"v1-aep.00000000"';

my $weak = get('/shop/weak');
like($weak->{etag}, qr{^W/"v1-aepw\.[0-9a-f]{8}"$}, 'a weak entity tag stays told apart');

# ---- what has no tag ----

for my $path (qw(/list.html /off/home.html)) {
    my $etag = get($path)->{etag};
    unlike($etag, qr/-aep/, "$path has the entity tag of its file");
    my $date = get($path)->{headers}{'last-modified'}[0];
    is(get($path, 'If-None-Match'     => $etag, Accept => '*/*')->{status}, 304, "$path: a copy is good");
    is(get($path, 'If-Modified-Since' => $date, Accept => '*/*')->{status}, 304, "$path: by its date, too");
}
is(get('/off/home.html', 'If-None-Match' => get('/off/home.html')->{etag})->{status}, 304,
    'a page without the tag, for a browser that wants a page');

for my $path (qw(/home.html /list.html)) {
    my $other = AepClient->new($none_port);
    my $first = $other->get($path, Accept => $accept);
    is(scalar AepTag::data($first->{body}), 0, "$path of a host without a datastream has no tag");
    my %copy = ('If-None-Match' => $first->{headers}{etag}[0], 'If-Modified-Since' => $first->{headers}{'last-modified'}[0]);
    is($other->get($path, Accept => $accept, %copy{$_})->{status}, 304, "$path of such a host: a copy is good by $_")
        for sort keys %copy;
}

# ---- other settings are another tag ----

my $etag = get('/home.html')->{etag};
$server->configure(http => "$server->{options}{http} aep_default_consent pending;");
$server->reload;
$server->wait_for_log('gracefully shutting down') or die 'the old worker does not end';
isnt(get('/home.html')->{etag}, $etag, 'another setting gives another entity tag');
is_whole(get('/home.html', 'If-None-Match' => $etag), 'and makes copies bad');

my $cached = get('/cached/page', 'If-None-Match' => get('/shop/page')->{etag});
is($cached->{status}, 304, 'the cache of nginx has pages with the new tag at once');
my $renewed = $browser->get('/home.html', Accept => '*/*');
is_whole($renewed, 'the CDN learns that the page is another');
is_from_cache($renewed, 'EXPIRED', 'the page of the CDN');
like((AepTag::data($renewed->{body}))[0], qr/"consent":"pending"/, 'and has the new tag');

$server->quit;
$server->is_clean('in all of it');
done_testing;
