use strict;
use warnings;

# A HEAD gets the header that a GET gets (RFC 9110 9.3.2).

use AepOrigin;
use AepServer;
use Test::More;

my $page     = '<!doctype html><head><meta charset="utf-8"><title>Shop</title></head>';
my $fragment = '<div>3 items</div>';

my $origin = AepOrigin->start;

sub url_of_shop {
    my ($name, $body, $framing) = @_;
    my $header = "HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"abc\"\r\n$framing\r\n";
    return $origin->url($name, [$header . $body]);
}

my $page_url     = url_of_shop('page',     $page,     'Content-Length: ' . length($page) . "\r\n");
my $fragment_url = url_of_shop('fragment', $fragment, 'Content-Length: ' . length($fragment) . "\r\n");
my $endless_url  = url_of_shop('endless',  $page,     '');

my $server = AepServer->start(edge => 'http://127.0.0.1:1', http => <<'HTTP', server => <<"SERVER");
    proxy_cache_path  cache keys_zone=pages:1m;
HTTP
    location = /text        { default_type text/html; return 200 '$page'; }
    location = /redirect    { return 301 /page.html; }
    location = /nothing     { return 404; }
    location = /page-shop   { proxy_pass $page_url; }
    location = /unbuffered  { proxy_pass $page_url; proxy_buffering off; }
    location = /endless     { proxy_pass $endless_url; }
    location = /cached-page { proxy_pass $page_url; proxy_cache pages; proxy_cache_valid 1m; }
    location = /cached-list { proxy_pass $fragment_url; proxy_cache pages; proxy_cache_valid 1m; }
    location = /list-shop   { proxy_pass $fragment_url; }
    location /off/          { alias html/; aep_inject off; }
    location /sendfile/     { alias html/; sendfile on; }
    location /writes/       { alias html/; sendfile_max_chunk 100; }
    location /gzip/         { alias html/; gzip on; gzip_min_length 0; }
SERVER

mkdir $server->directory . '/html';
for ([page => $page], [list => $fragment], [large => $page . 'A product. ' x 100_000]) {
    my ($name, $text) = @$_;
    open my $out, '>', $server->directory . "/html/$name.html" or die "$name: $!";
    print $out $text;
}

my $client = $server->client;

# What HEAD and GET say, as lines.
sub headers {
    my ($path, %header) = @_;
    return map {
        my $answer = $client->begin($_, $path, '', %header)->answer;
        my %lines = %{ $answer->{headers} };
        delete @lines{qw(date connection transfer-encoding)};    # a HEAD has no body to frame
        [$answer->{status}, map { "$_: @{ $lines{$_} }" } sort keys %lines];
    } qw(HEAD GET);
}

for my $path (qw(/page.html /list.html /large.html /sendfile/page.html /sendfile/list.html /gzip/page.html
    /off/page.html /text /redirect /nothing /nothing.html /cached-page /cached-list)) {
    for ([], ['Accept-Encoding' => 'gzip'], ['If-None-Match' => '*'], ['Range' => 'bytes=2-9']) {
        my %header = @$_;
        my ($head, $get) = headers($path, %header);
        is_deeply($head, $get, "$path @$_");
    }
}

# A header that does not leave in one write.
for my $path (qw(/writes/page.html /writes/list.html)) {
    my ($head, $get) = headers($path);
    is_deeply($head, $get, $path);
}

# The answer of a shop behind nginx to a HEAD does not tell what the page is, so its length and its entity tag
# are left out.
for my $path (qw(/page-shop /unbuffered /endless /list-shop)) {
    my ($head, $get) = headers($path);
    is_deeply([grep { !/^etag:/ } @$head], [grep { !/^(?:content-length|etag):/ } @$get], $path);
}

$server->quit;
$server->is_clean('in all of it');
done_testing;
