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
        location /dated { add_header Last-Modified 'Sun, 02 Jan 2000 12:04:05 GMT'; return 200 '$page'; }
    }
SHOP

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => $shop, server => <<"SERVER");
    location /shop/ { proxy_pass http://127.0.0.1:$shop_port/; }
    location /off/  { alias html/; aep_inject off; }
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

# ---- dates ----

my $date = get('/home.html')->{headers}{'last-modified'}[0];
is_whole(get('/home.html', 'If-Modified-Since' => $date), 'a copy that is known by its date only is from before');
my $dated = get('/shop/dated');
is_whole($dated, 'a page with a date and no entity tag');
is($dated->{headers}{'last-modified'}, undef, 'it loses its date, which would be the same for another tag');

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

# ---- other settings are another tag ----

my $etag = get('/home.html')->{etag};
$server->configure(http => "$shop aep_default_consent pending;");
$server->reload;
AepServer::wait_until(sub { 1 == $server->workers }) or die 'the old worker does not end';
isnt(get('/home.html')->{etag}, $etag, 'another setting gives another entity tag');
is_whole(get('/home.html', 'If-None-Match' => $etag), 'and makes copies bad');

$server->quit;
$server->is_clean('in all of it');
done_testing;
