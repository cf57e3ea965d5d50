use strict;
use warnings;

# The SDK file: what a browser gets for the tag's URL, and for others.

use AepServer;
use AepTag;
use Digest::SHA ();
use File::Temp ();
use IO::Uncompress::Gunzip ();
use Test::More;

my $server = AepServer->start(edge => 'http://127.0.0.1:1', http => <<'HTTP', server => <<'SERVER');
    gzip on;
    gzip_types *;
    gzip_min_length 0;
HTTP
    location ~* \.(js|css|png)$ { root html; add_header X-Other there; }
    location ~ ^/(ee|aep)/      { return 418; }
    location / { }
SERVER
mkdir $server->directory . '/html';
for my $name (qw(page.html shop.js)) {
    open my $out, '>', $server->directory . "/html/$name" or die "$name: $!";
    print $out '<!doctype html><head>';
}

my $client = $server->client;
my ($path) = AepTag::sources($client->get('/page.html')->{body});
my ($hash) = $path =~ m{^/aep/([0-9a-f]{16,})\.js$};
ok($hash, "the tag names the file by a hash: $path");

# The file as it is without a coding: what its name is made from.
my $file = $client->get($path)->{body};
ok(length $file > 100_000, 'the file is there');
is($hash, substr(Digest::SHA::sha256_hex($file), 0, length $hash), 'its name is the hash of its content');

sub decoded {
    my ($bytes, $coding) = @_;
    return $bytes if $coding eq '';
    if ($coding eq 'gzip') {
        IO::Uncompress::Gunzip::gunzip(\$bytes => \my $text) or return;
        return $text;
    }
    my $compressed = File::Temp->new;
    print $compressed $bytes;
    close $compressed;
    return scalar `brotli --decompress --stdout $compressed`;
}

sub header { my ($answer, $name) = @_; return join ', ', @{ $answer->{headers}{$name} // [] } }

sub is_file {
    my ($answer, $coding, $cache_control, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($answer->{status}, 200, "$name: 200");
    is(header($answer, 'content-type'),           'text/javascript; charset=utf-8', "$name: type");
    is(header($answer, 'cache-control'),          $cache_control,                   "$name: caching");
    is(header($answer, 'vary'),                   'Accept-Encoding',                "$name: what it varies with");
    is(header($answer, 'x-content-type-options'), 'nosniff',                        "$name: no guessing");
    is(header($answer, 'content-encoding'),       $coding,                          "$name: coding");
    is(header($answer, 'content-length'),         length $answer->{body},           "$name: length");
    is(header($answer, 'etag'), '"' . join('-', $hash, grep { length } $coding) . '"', "$name: validator");
    ok(decoded($answer->{body}, $coding) eq $file, "$name: content");
    return;
}

my $immutable = 'public, max-age=31536000, immutable';

# ---- codings (RFC 9110 12.5.3) ----

my @codings = (
    [undef,                      ''],
    ['',                         ''],
    ['identity',                 ''],
    ['gzip',                     'gzip'],
    ['gzip, deflate',            'gzip'],
    ['gzip, deflate, br, zstd',  'br'],
    ['br;q=1.0, gzip;q=0.8',     'br'],
    ['br;q=0, gzip',             'gzip'],
    ['BR ; Q=0.000 ,GZip',       'gzip'],
    ['gzip;q=0',                 ''],
    ['gzip;q=0, br;q=0',         ''],
    ['deflate, zstd',            ''],
    ['*',                        'br'],
    ['*;q=0',                    ''],
    ['*;q=0, gzip',              'gzip'],
    ['x-gzip',                   'gzip'],
    ['brotli, gzippo',           ''],
    [',,;,;q=1,',                ''],
);
for (@codings) {
    my ($accept, $coding) = @$_;
    is_file($client->get($path, 'Accept-Encoding' => $accept), $coding, $immutable,
        defined $accept ? "Accept-Encoding: $accept" : 'no Accept-Encoding');
}

# ---- what is cached ----

my $answer = $client->get($path, 'Accept-Encoding' => 'br', 'If-None-Match' => qq{"$hash-br"});
is($answer->{status}, 304, 'a copy in a browser is confirmed');
is(header($answer, 'etag'), qq{"$hash-br"}, 'with its validator');
is(header($answer, 'cache-control'), $immutable, 'and for how long it is good');
is($client->get($path, 'Accept-Encoding' => 'gzip', 'If-None-Match' => qq{"$hash-br"})->{status}, 200,
    'a copy in another coding is not');
is($client->get($path, 'If-None-Match' => qq{W/"$hash"})->{status}, 304, 'a validator that a proxy made weak is one');

is_file($client->get('/aep/0123456789abcdef.js', 'Accept-Encoding' => 'br'), 'br', 'no-cache', 'a hash of another version');
is_file($client->get("$path?v=2"), '', $immutable, 'a query');
is_file($client->get("/aep/\U$hash\E.js"), '', 'no-cache', 'another spelling') if $hash =~ /[a-f]/;
is_file($client->get('/aep/%30.js'), '', 'no-cache', 'an encoded name');
is_file($client->get($path, Range => 'bytes=0-9'), '', $immutable, 'a range');

# ---- what is not there ----

for my $other ('/aep/', '/aep/.js', '/aep/a.css', '/aep/a', '/aep/a.js.map', '/aep/a/b.js', '/aep/a.b.js', '/aep/%00.js',
    '/aep/' . 'a' x 200 . '.js', '/aep/a%20b.js') {
    my $expected = $other =~ /%00/ ? 400 : 404;
    is($client->get($other)->{status}, $expected, "GET $other");
}

for my $method (qw(POST PUT DELETE OPTIONS PATCH)) {
    is($client->begin($method, $path, 'a=b')->answer->{status}, 405, $method);
}

my $head = $client->begin('HEAD', $path, '', 'Accept-Encoding' => 'gzip')->answer;
is($head->{status}, 200, 'HEAD');
is(header($head, 'content-length'), length $client->get($path, 'Accept-Encoding' => 'gzip')->{body},
    'HEAD has the length');
is(length $head->{body}, 0, 'HEAD has no body');

# ---- other locations ----

is(header($client->get('/shop.js'), 'x-other'), 'there', 'the shop\'s own scripts come from its own location');
is($client->post('/ee/v1/nothing', '{}')->{status}, 404, 'the gateway is not in a location with a pattern');

$server->quit;
$server->is_clean('in all of it');
done_testing;
