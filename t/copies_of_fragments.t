use strict;
use warnings;

# A fragment never has the tag, so a copy of it stays good whoever asks for it: also a script like jQuery's load(),
# which says that it accepts text/html, as a browser does that wants a page. The answer is the one that nginx
# gives where the tag is off.

use AepServer;
use AepTag;
use IO::Compress::Gzip ();
use Test::More;

my $accept = 'text/html, */*; q=0.01';
my $page   = '<!doctype html><head><meta charset="utf-8"><title>Shop</title></head>';
my %file   = (
    'list.html'    => '<li>A product</li>' x 3,
    'large.html'   => '<li>A product</li>' x 30_000,
    'nothing.html' => ' <!-- nothing here --> ',
    'amp.html'     => '<!doctype html><html amp><head></head>',
    'utf16.html'   => "\xff\xfe" . join('', map { "$_\0" } split //, $page),
    'gzip.html'    => 'not for who takes gzip',
    'gzip.html.gz' => gzip('<li>A product</li>' x 3),
    'page.html'    => $page,
);
my @fragments = qw(list.html large.html nothing.html amp.html utf16.html gzip.html);

sub gzip { my $text = shift; IO::Compress::Gzip::gzip(\$text => \my $out, Minimal => 1); return $out }

# The same locations with the tag and without it. The shop judges the copies of its visitors itself, and its forgetful
# part does not.
my $shop = 'http://127.0.0.1:' . (my $shop_port = AepServer::free_port());
my $locations = join '', map { <<"LOCATIONS" } qw(on off);
    location /$_/disk/      { aep_inject $_; alias html/; gzip_static always; }
    location /$_/sendfile/  { aep_inject $_; alias html/; gzip_static always; sendfile on; }
    location /$_/threads/   { aep_inject $_; alias html/; gzip_static always; aio threads; sendfile on; }
    location /$_/around/    { aep_inject $_; alias html/; gzip_static always; directio 16; output_buffers 2 1k; }
    location /$_/before/    { aep_inject $_; alias html/; if_modified_since before; }
    location /$_/dateless/  { aep_inject $_; alias html/; if_modified_since off; }
    location /$_/policy/    { aep_inject $_; alias html/; add_header Content-Security-Policy "script-src 'none'"; }
    location /$_/cache/     { aep_inject $_; proxy_pass $shop/; proxy_cache pages; proxy_cache_valid 1m; }
    location /$_/slices/    {
        aep_inject         $_;
        slice              20k;
        proxy_pass         $shop/;
        proxy_set_header   Range \$slice_range;
        proxy_cache        pages;
        proxy_cache_key    \$request_uri\$slice_range;
        proxy_cache_valid  200 206 1m;
    }
    location /$_/shop/      { aep_inject $_; proxy_pass $shop/; }
    location /$_/direct/    { aep_inject $_; proxy_pass $shop/; proxy_buffering off; }
    location /$_/forgetful/ { aep_inject $_; proxy_pass $shop/forgetful/; }
LOCATIONS

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => <<"HTTP", server => $locations);
    proxy_cache_path  cache keys_zone=pages:1m;
    server {
        listen  127.0.0.1:$shop_port;
        root    html;
        gzip_static always;
        location /forgetful/ {
            default_type  text/html;
            add_header    ETag '"v1"';
            add_header    Last-Modified 'Sun, 02 Jan 2000 12:04:05 GMT';
            return 200    '<li>A product</li>';
        }
    }
HTTP

mkdir $server->directory . '/html';
for my $name (keys %file) {
    my $path = $server->directory . "/html/$name";
    open my $out, '>', $path or die "$path: $!";
    print $out $file{$name};
    close $out;
    utime 946814645, 946814645, $path;
}
my $client = $server->client;
my $date   = 'Sun, 02 Jan 2000 12:04:05 GMT';

sub ask {
    my ($method, $path, %header) = @_;
    my $answer = $client->begin($method, $path, '', Accept => $accept, %header)->answer;
    return { %$answer, etag => $answer->{headers}{etag}[0] };
}

# All that an answer says.
sub said {
    my %lines = %{ $_[0]{headers} };
    delete $lines{date};
    return [$_[0]{status}, (map { "$_: @{ $lines{$_} }" } sort keys %lines), $_[0]{body}];
}

# Asks where the tag is on and where it is off.
sub is_as_without {
    my ($status, $method, $path, %header) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($on, $off) = map { ask($method, "/$_$path", %header) } qw(on off);
    my $name = join ' ', $method, $path, map { "$_: $header{$_}" } sort keys %header;
    is($on->{status}, $status, $name) or return;
    return is_deeply(said($on), said($off), "$name is as without the module");
}

# ---- what nginx itself judges ----

my @locations = qw(disk sendfile threads around cache slices);
for my $path ((map { my $location = $_; map { "/$location/$_" } @fragments } @locations), '/policy/page.html') {
    ask('GET', "/$_$path") for qw(on off);    # makes the cache have it
    my $etag = ask('GET', "/off$path")->{etag};
    for my $method (qw(GET HEAD)) {
        is_as_without(304, $method, $path, 'If-None-Match'     => $etag);
        is_as_without(304, $method, $path, 'If-Modified-Since' => $date);
    }
    is_as_without(304, 'GET', $path, 'If-None-Match' => qq{"a,b", W/$etag}, 'If-Modified-Since' => $date);
    is_as_without(304, 'GET', $path, 'If-None-Match' => $etag, Range => 'bytes=2-5');
    is_as_without(200, 'GET', $path, 'If-None-Match' => '"other"',          'If-Modified-Since' => $date);
    is_as_without(200, 'GET', $path, 'If-None-Match'     => '"other"');
    is_as_without(200, 'GET', $path, 'If-Modified-Since' => 'Mon, 03 Jan 2000 12:04:05 GMT');
}

my $etag = ask('GET', '/off/dateless/list.html')->{etag};
is_as_without(304, 'GET', '/before/list.html', 'If-Modified-Since' => 'Mon, 03 Jan 2000 12:04:05 GMT');
is_as_without(200, 'GET', '/before/list.html', 'If-Modified-Since' => 'Sat, 01 Jan 2000 12:04:05 GMT');
is_as_without(200, 'GET', '/dateless/list.html', 'If-Modified-Since' => $date);
is_as_without(200, 'GET', '/dateless/list.html', 'If-Modified-Since' => $date, 'If-None-Match' => $etag);
is_as_without(304, 'GET', '/dateless/list.html', 'If-None-Match' => $etag);

# ---- what the shop judges ----

for my $path (map { ("/shop/$_", "/direct/$_") } @fragments) {
    my $etag = ask('GET', "/off$path")->{etag};
    is_as_without(304, 'GET', $path, 'If-None-Match' => $etag);
    is_as_without(304, 'GET', $path, 'If-None-Match' => $etag, 'If-Modified-Since' => $date);
    is_as_without(200, 'GET', $path, 'If-None-Match' => '"other"');
}
is_as_without(200, 'GET', '/forgetful/', 'If-Modified-Since' => $date);
is(ask('GET', '/off/shop/page.html', 'If-Modified-Since' => $date)->{status}, 304,
    'where the tag is off, a copy of a page is good by its date, too');
is_as_without(200, 'POST', '/forgetful/', 'If-None-Match' => '"v1"');

# ---- pages ----

for my $path (qw(/on/disk/page.html /on/cache/page.html /on/shop/page.html)) {
    my $etag = ask('GET', $path =~ s/on/off/r)->{etag};
    for ([$etag, $date], [$etag], [undef, $date]) {
        my ($match, $since) = @$_;
        my $answer = ask('GET', $path, 'If-None-Match' => $match, 'If-Modified-Since' => $since);
        is(scalar AepTag::data($answer->{body}), 1, "$path gets its tag");
    }
}

# ---- the connection goes on ----

for my $path (map { "/on/$_/large.html" } @locations, qw(shop direct)) {
    my $etag    = ask('GET', $path)->{etag};
    my $request = "GET $path HTTP/1.1\r\nHost: shop.example\r\nAccept: $accept\r\n";
    my $socket  = $client->begin_raw("${request}If-None-Match: $etag\r\n\r\n" x 2
            . "GET /page.html HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")->socket;
    my @statuses = do { local $/; <$socket> =~ m{^HTTP/1.1 (\d+)}mg };
    is("@statuses", '304 304 200', "$path: two copies and a page on one connection");
}

$server->quit;
$server->is_clean('in all of it');
unlike($server->log, qr/\[(?:warn|error|crit)\]/, 'nothing went wrong');
done_testing;
